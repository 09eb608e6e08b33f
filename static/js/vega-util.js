// vega-interpreter imports these three names from "vega-util"; the vega global has them. See krm/web/assets.py.
export const { ascending, isString, DisallowedObjectProperties } = globalThis.vega;
