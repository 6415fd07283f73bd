/**
 * Structural similarity of two grey pictures of one size, over windows of 8 × 8, 1 for the same.
 * @see Wang, Bovik, Sheikh, Simoncelli: Image Quality Assessment, 2004
 */
export function ssim(a: Uint8Array, b: Uint8Array, width: number): number {
  const height = a.length / width;
  const [c1, c2] = [(0.01 * 255) ** 2, (0.03 * 255) ** 2];
  let sum = 0;
  let windows = 0;
  for (let top = 0; top + 8 <= height; top += 4) {
    for (let left = 0; left + 8 <= width; left += 4) {
      let [ma, mb, saa, sbb, sab] = [0, 0, 0, 0, 0];
      for (let y = top; y < top + 8; y++) {
        for (let x = left; x < left + 8; x++) {
          const [p, q] = [a[y * width + x] ?? 0, b[y * width + x] ?? 0];
          ma += p;
          mb += q;
          saa += p * p;
          sbb += q * q;
          sab += p * q;
        }
      }
      ma /= 64;
      mb /= 64;
      const [va, vb, cov] = [saa / 64 - ma * ma, sbb / 64 - mb * mb, sab / 64 - ma * mb];
      sum += ((2 * ma * mb + c1) * (2 * cov + c2)) / ((ma * ma + mb * mb + c1) * (va + vb + c2));
      windows++;
    }
  }
  return sum / windows;
}
