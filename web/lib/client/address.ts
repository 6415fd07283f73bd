import { goto } from "$app/navigation";

/** Puts another address in place of this one, without loading anything: what is shown is that address already. */
export function replaceState(address: string): void {
  void goto(address, { shallow: true, replace: true, state: {} });
}
