import { concatBytes, decodeBase64, encodeBase64, readText, type TextInput, within } from './encoding.js';
import { TlogError } from './errors.js';
import { isKeyName, readKeyId, writeKeyId } from './keys.js';

/** Far above any checkpoint; signed-note asks for at least 16 signatures. */
export const MAX_NOTE_BYTES = 1_048_576;
export const MAX_NOTE_SIGNATURES = 100;

const KEY_ID_BYTES = 4;
// biome-ignore lint/suspicious/noControlCharactersInRegex: signed-note forbids exactly these
const CONTROLS = /[\u0000-\u0009\u000b-\u001f]/;

export interface NoteSignature {
  readonly name: string;
  /** uint32. */
  readonly keyId: number;
  /** What follows the key id: its form is the key's affair. */
  readonly signature: Uint8Array;
}

/** C2SP signed-note v1.0.0. Nothing is verified yet: see `verifyNote`. */
export interface SignedNote {
  /** Ends in a newline; may hold empty lines. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/**
 * Reads a note: text, an empty line, at least one signature line.
 * @throws TlogError `malformed-note`; `too-large` above 1 MiB or 100 signatures
 */
export function parseNote(input: TextInput): SignedNote {
  const note = readText(input, { code: 'malformed-note', maxBytes: MAX_NOTE_BYTES });
  if (CONTROLS.test(note)) throw new TlogError('malformed-note', 'a control character in the note');
  const end = note.lastIndexOf('\n\n') + 1;
  const text = note.slice(0, end);
  if (end === 0) throw new TlogError('malformed-note', 'no empty line between text and signatures');
  return { text, signatures: parseSignatureLines(note.slice(end + 1)) };
}

/**
 * Reads signature lines alone: the answer of a witness.
 * @throws TlogError `malformed-note`; `too-large` above 1 MiB or 100 signatures
 */
export function parseSignatureLines(input: TextInput): NoteSignature[] {
  const text = readText(input, { code: 'malformed-note', maxBytes: MAX_NOTE_BYTES });
  if (!text.endsWith('\n')) throw new TlogError('malformed-note', 'the signatures do not end in a newline');
  const lines = text.slice(0, -1).split('\n');
  if (lines.length > MAX_NOTE_SIGNATURES) throw new TlogError('too-large', `${lines.length} signatures`);
  return lines.map(parseSignatureLine);
}

/** `— <name> base64(key id ‖ signature)`. */
function parseSignatureLine(line: string): NoteSignature {
  const [dash, name = '', encoded = '', ...more] = line.split(' ');
  if (dash !== '—' || !isKeyName(name) || more.length > 0) throw new TlogError('malformed-note', 'no signature line');
  const bytes = within('malformed-note', 'a signature is not base64', () => decodeBase64(encoded));
  if (bytes.length <= KEY_ID_BYTES) throw new TlogError('malformed-note', 'a signature is too short');
  return { name, keyId: readKeyId(bytes), signature: bytes.subarray(KEY_ID_BYTES) };
}

/**
 * Writes a note. It is read back before it is given, so that nobody is handed one that others refuse.
 * @throws TlogError `malformed-note`, `too-large`
 */
export function formatNote({ text, signatures }: SignedNote): string {
  const note = `${text}\n${signatures.map(formatSignatureLine).join('')}`;
  if (parseNote(note).text !== text) throw new TlogError('malformed-note', 'the note would be read as another');
  return note;
}

/** One signature line with its newline. */
export function formatSignatureLine({ name, keyId, signature }: NoteSignature): string {
  return `— ${name} ${encodeBase64(concatBytes([writeKeyId(keyId), signature]))}\n`;
}
