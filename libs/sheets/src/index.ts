export { readSheet } from './read-sheet.js';
export { writeSheet } from './write-sheet.js';
