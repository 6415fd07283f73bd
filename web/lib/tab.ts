/** One tab of a row which leads to several pages. */
export interface Tab {
  href: string;
  text: string;
  current?: boolean;
}
