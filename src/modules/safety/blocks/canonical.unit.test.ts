import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalDomain, canonicalLink, canonicalMail, coversLink } from "./canonical.ts";

test("T44 all spellings of a mailbox are one, and what is no address is none", () => {
  const same = [
    "Anna.Smith@gmail.com",
    "annasmith+news@gmail.com",
    "a.n.n.a.s.m.i.t.h@GoogleMail.com",
    "ａnnasmith@gmail.com",
  ];
  for (const text of same) assert.equal(canonicalMail(text), "annasmith@gmail.com", text);
  assert.equal(canonicalMail("a.b@example.org"), "a.b@example.org", "elsewhere dots count");
  assert.equal(canonicalMail("x+1@bücher.example"), "x@xn--bcher-kva.example");
  for (const text of ["", "@a.test", "a@", "a@b", "+x@a.test", "a b"])
    assert.equal(canonicalMail(text), undefined, text);
});

test("domains are compared in one form", () => {
  assert.equal(canonicalDomain("Bücher.Example."), "xn--bcher-kva.example");
  for (const text of ["", "localhost", "a..b", "exa mple.org", "*"])
    assert.equal(canonicalDomain(text), undefined, text);
});

test("a rule covers its host, hosts below it and whole parts of its path, however the link is written", () => {
  const link = (text: string): string => canonicalLink(text) ?? assert.fail(text);
  const rule = link("bad.example/shop");
  for (const text of [
    "https://bad.example/shop",
    "HTTP://www.BAD.example:8080/Shop/1?x=1#y",
    "https://a@x.bad.example//%73hop/",
  ])
    assert.ok(coversLink(rule, link(text)), text);
  for (const text of [
    "https://bad.example/",
    "https://bad.example/shopping",
    "https://notbad.example/shop",
    "https://bad.example.org/shop",
  ])
    assert.ok(!coversLink(rule, link(text)), text);
  assert.equal(canonicalLink("javascript:alert(1)"), undefined);
});
