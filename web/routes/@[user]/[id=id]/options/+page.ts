/** A page for readers without scripts; it needs none. */
export const csr = false;
