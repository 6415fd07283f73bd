/** The parts of the editor that are there only while it draws: loaded together with the drawing code. */
export { default as Canvas } from "#web/lib/components/MemeCanvas.svelte";
export { default as Formats } from "#web/lib/components/MemeFormats.svelte";
export { default as Photo } from "#web/lib/components/MemePhoto.svelte";
