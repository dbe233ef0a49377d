/**
 * The programs that may touch evidence, and nothing else. A name outside this union does not compile, so no text
 * from a user or a file can choose a program.
 */
export type ToolName = 'ffmpeg' | 'ffprobe' | 'pdftoppm' | 'pdftotext' | 'pdfinfo';

export interface Tool {
  /** Read-only folders it needs besides the libraries; missing ones are skipped. */
  readonly data: readonly string[];
  /** Prints its version and ends. */
  readonly versionArgs: readonly string[];
}

// libblas and liblapack, which ffmpeg links, are reached through links in /etc/alternatives.
const LIBRARIES_BY_LINK = ['/etc/alternatives'];
const FONTS = [
  '/etc/fonts',
  '/usr/share/fonts',
  '/usr/share/fontconfig',
  '/usr/share/poppler',
  '/var/cache/fontconfig',
];

export const TOOLS: Record<ToolName, Tool> = {
  ffmpeg: { data: LIBRARIES_BY_LINK, versionArgs: ['-version'] },
  ffprobe: { data: LIBRARIES_BY_LINK, versionArgs: ['-version'] },
  pdftoppm: { data: FONTS, versionArgs: ['-v'] },
  pdftotext: { data: FONTS, versionArgs: ['-v'] },
  pdfinfo: { data: FONTS, versionArgs: ['-v'] },
};

/** Where tools are looked for, in order. Not $PATH: that is the caller's, and may hold anything. */
export const TOOL_FOLDERS = ['/usr/bin', '/usr/local/bin', '/bin'] as const;

/**
 * Stand for the two paths a tool may see, in argument lists. Only the runner replaces them, so the arguments kept as
 * provenance name no folder of any machine.
 */
export const INPUT = '@input';
export const OUTPUT = '@output';

/** How a rendition was made: enough to make it again. */
export interface Provenance {
  readonly tool: ToolName;
  /** First line the tool says of itself, e.g. `ffmpeg version 5.1.9-0+deb12u1`. */
  readonly version: string;
  /** As given, with `@input` and `@output` for the original and the folder of results. */
  readonly args: readonly string[];
}
