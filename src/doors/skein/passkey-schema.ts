import { z } from "zod";

// What browsers answer (W3C Web Authentication, level 3, section 5.1), as JSON. The library reads what is in it; here only the shape and the size are checked.

const text = z.string().max(20_000);
const common = { id: z.string().min(1).max(2000), rawId: z.string().max(2000), type: z.literal("public-key") };
const TRANSPORTS = ["ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"] as const;

export const zAuthentication = z
  .object({
    ...common,
    response: z.object({
      clientDataJSON: text,
      authenticatorData: text,
      signature: text,
      userHandle: z.string().max(200).nullish(),
    }),
  })
  .transform(({ response: { userHandle, ...response }, ...rest }) => ({
    ...rest,
    clientExtensionResults: {},
    response: { ...response, ...(userHandle === null || userHandle === undefined ? {} : { userHandle }) },
  }));

export const zRegistration = z
  .object({
    ...common,
    response: z.object({
      clientDataJSON: text,
      attestationObject: z.string().max(100_000),
      transports: z.array(z.enum(TRANSPORTS)).catch([]),
    }),
  })
  .transform((answer) => ({ ...answer, clientExtensionResults: {} }));
