/**
 * The packet that says how a picture came to be.
 * @see https://iptc.org/std/photometadata/specification/IPTC-PhotoMetadata#digital-source-type
 */
export function xmpOf(sourceType: string): string {
  const value = sourceType.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
  return (
    '<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">' +
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""' +
    ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"' +
    ` Iptc4xmpExt:DigitalSourceType="${value}"/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`
  );
}
