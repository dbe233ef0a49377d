import type { DossierContents } from '#domain';
import { contentsPlan } from './contents-list.js';
import { drawList } from './list-document.js';
import { loadListFonts } from './list-fonts.js';
import { recordingsPlan } from './recordings-list.js';

export interface DrawnList {
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * Draws 卷内目录 and 录音录像清单 as PDF with embedded fonts. The same contents give the same bytes, as long as the fonts and the
 * library are the same.
 * @param fontsFolder as `findListFonts` gives it
 */
export async function drawLists(contents: DossierContents, fontsFolder: string): Promise<DrawnList[]> {
  const fonts = await loadListFonts(fontsFolder);
  return [
    { name: '卷内目录.pdf', bytes: await drawList(contentsPlan(contents), fonts) },
    { name: '录音录像清单.pdf', bytes: await drawList(recordingsPlan(contents), fonts) },
  ];
}
