/** A page without any script. */
export const csr = false;
