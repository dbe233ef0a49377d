/** Stands in the name of the demo's own time-stamp authority, so that everyone who reads it is told. */
export const DEMO_AUTHORITY_MARK = 'Liuhen demo: proves nothing';
