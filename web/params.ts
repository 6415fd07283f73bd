import { defineParams } from "@sveltejs/kit/params";

export const params = defineParams({
  id: (value) => (/^\d{1,20}$/.test(value) ? value : undefined),
});
