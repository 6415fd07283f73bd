import { defineParams } from "@sveltejs/kit/params";

export const params = defineParams({
  marks: (value) => (value === "bookmarks" || value === "favourites" ? value : undefined),
  id: (value) => (/^\d{1,20}$/.test(value) ? value : undefined),
});
