/** Identifiers as they stand in a path: what is none is nobody's, and never reaches a store. */

/** A UUID, in whatever case. */
export const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
