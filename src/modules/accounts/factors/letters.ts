/** What happened to somebody's account, as the mail says it. */
export type SecurityKind =
  | "login_new_device"
  | "totp_on"
  | "totp_off"
  | "recovery_new"
  | "recovery_used"
  | "passkey_added"
  | "passkey_removed"
  | "password_changed"
  | "factors_reset";

const TEXTS: Readonly<Record<"en" | "de", Readonly<Record<SecurityKind, string>>>> = {
  en: {
    login_new_device: "Somebody logged in to your account from a device that was not seen before.",
    totp_on: "Logging in now takes a code from your authenticator app, too.",
    totp_off: "Logging in does not take a code from an authenticator app any more.",
    recovery_new: "New recovery codes were made. The old ones do not count any more.",
    recovery_used: "A recovery code was used to log in. It does not count again.",
    passkey_added: "A passkey was added: whoever has it can log in without a password.",
    passkey_removed: "A passkey was removed.",
    password_changed: "The password was changed. All other devices and applications were logged out.",
    factors_reset:
      "The people who run this server removed codes and passkeys from your account, because they were asked to.",
  },
  de: {
    login_new_device: "Jemand hat sich mit einem Gerät angemeldet, das noch nicht da war.",
    totp_on: "Die Anmeldung verlangt jetzt auch einen Code aus deiner Authenticator-App.",
    totp_off: "Die Anmeldung verlangt keinen Code aus einer Authenticator-App mehr.",
    recovery_new: "Es gibt neue Wiederherstellungscodes. Die alten gelten nicht mehr.",
    recovery_used: "Ein Wiederherstellungscode wurde zur Anmeldung verwendet. Er gilt nicht noch einmal.",
    passkey_added: "Ein Passkey ist dazugekommen: Wer ihn hat, meldet sich ohne Passwort an.",
    passkey_removed: "Ein Passkey wurde entfernt.",
    password_changed: "Das Passwort wurde geändert. Alle anderen Geräte und Programme wurden abgemeldet.",
    factors_reset: "Wer diesen Server betreibt, hat auf Bitte hin Codes und Passkeys von deinem Konto entfernt.",
  },
};

const REST = {
  en: {
    subject: "Security of your account at {domain}",
    hello: "Hello @{username},",
    when: "When: {time} (UTC)",
    where: "From: {ip}, {agent}",
    not: "If it was not you: change your password at once, and look at devices and applications:",
  },
  de: {
    subject: "Sicherheit deines Kontos bei {domain}",
    hello: "Hallo @{username},",
    when: "Wann: {time} (UTC)",
    where: "Von: {ip}, {agent}",
    not: "Wenn du das nicht warst: Ändere sofort dein Passwort und sieh dir Geräte und Programme an:",
  },
} as const;

const fill = (text: string, values: Record<string, string>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);

export function securityLetter(
  kind: SecurityKind,
  to: { username: string; domain: string; publicUrl: string; language: string | undefined },
  from: { ip: string; userAgent: string; at: Date },
): { subject: string; text: string } {
  const language = to.language === "de" ? "de" : "en";
  const rest = REST[language];
  const values = {
    domain: to.domain,
    username: to.username,
    time: from.at.toISOString().slice(0, 16).replace("T", " "),
    ip: from.ip,
    // Written by a stranger: one line, and not much of it.
    agent: from.userAgent.replace(/\s+/g, " ").slice(0, 120),
  };
  return {
    subject: fill(rest.subject, values),
    text: [
      fill(rest.hello, values),
      "",
      TEXTS[language][kind],
      fill(rest.when, values),
      ...(from.ip === "" ? [] : [fill(rest.where, values)]),
      "",
      rest.not,
      `${to.publicUrl}/settings/account`,
      "",
    ].join("\n"),
  };
}
