import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where distributions put Noto CJK: Debian and Ubuntu (fonts-noto-cjk), Arch, Fedora. */
const FOLDERS = ['/usr/share/fonts/opentype/noto', '/usr/share/fonts/noto-cjk', '/usr/share/fonts/google-noto-cjk'];

/** Collections; which of their fonts is wanted is said by its PostScript name. */
const FONTS = {
  text: { file: 'NotoSerifCJK-Regular.ttc', name: 'NotoSerifCJKsc-Regular' },
  bold: { file: 'NotoSerifCJK-Bold.ttc', name: 'NotoSerifCJKsc-Bold' },
  /** Digests: every digit as wide as the others. */
  mono: { file: 'NotoSansCJK-Regular.ttc', name: 'NotoSansMonoCJKsc-Regular' },
} as const;

export type FontRole = keyof typeof FONTS;
export const FONT_ROLES = Object.keys(FONTS) as readonly FontRole[];

/** A folder that has all the fonts; null when there is none: then no list can be drawn, since none would be embedded. */
export async function findListFonts(folders: readonly string[] = FOLDERS): Promise<string | null> {
  for (const folder of folders) {
    const all = FONT_ROLES.map((role) => access(join(folder, FONTS[role].file)));
    if ((await Promise.allSettled(all)).every(({ status }) => status === 'fulfilled')) return folder;
  }
  return null;
}

export interface LoadedFont {
  readonly bytes: Buffer;
  readonly name: string;
}

export async function loadListFonts(folder: string): Promise<Record<FontRole, LoadedFont>> {
  const load = async (role: FontRole): Promise<LoadedFont> => {
    const { file, name } = FONTS[role];
    return { bytes: await readFile(join(folder, file)), name };
  };
  return { text: await load('text'), bold: await load('bold'), mono: await load('mono') };
}
