/** The type without its parameters, in lower case: `text/html` of `Text/HTML; charset=utf-8`. Empty when there is none. */
export function essence(contentType: string): string {
  const end = contentType.indexOf(";");
  return (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
}

/** The value of a parameter; undefined when it is absent. Good enough for quoted values without escapes, which profiles are. */
function parameter(contentType: string, name: string): string | undefined {
  for (const part of contentType.split(";").slice(1)) {
    const equals = part.indexOf("=");
    if (equals < 0 || part.slice(0, equals).trim().toLowerCase() !== name) continue;
    const value = part.slice(equals + 1).trim();
    return value.startsWith('"') && value.endsWith('"') && value.length > 1 ? value.slice(1, -1) : value;
  }
  return undefined;
}

/**
 * Is a document of one of the wanted types? Types are compared exactly and never guessed from the content. A wanted type with a `profile`
 * is only met by an answer that names this profile among its own, so that somebody's uploaded JSON-LD file is no actor.
 */
export function isOfType(contentType: string, wanted: readonly string[]): boolean {
  const type = essence(contentType);
  return wanted.some((one) => {
    if (essence(one) !== type) return false;
    const profile = parameter(one, "profile");
    return profile === undefined || (parameter(contentType, "profile") ?? "").split(" ").includes(profile);
  });
}
