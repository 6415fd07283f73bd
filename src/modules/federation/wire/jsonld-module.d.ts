/** The one function we use of the package, which comes without types. */
declare module "jsonld" {
  interface RemoteDocument {
    documentUrl: string;
    contextUrl?: string;
    document: unknown;
  }

  interface ExpandOptions {
    base?: string;
    expandContext?: unknown;
    documentLoader(url: string): Promise<RemoteDocument>;
  }

  const jsonld: { expand(document: object, options: ExpandOptions): Promise<unknown[]> };
  export default jsonld;
}
