import { isSystemFile } from './system';

/**
 * Companion files of web pages that a browser saved: images, styles and scripts of `a/name.html` in `a/name_files/`. If
 * the page is there too, they aren't the user's own documents.
 */
export class SavedPages {
  /** Paths of pages without their endings. */
  private readonly pages = new Set<string>();

  /** @param paths of all files, not only pages */
  constructor(paths: Iterable<string> = []) {
    for (const path of paths) this.add(path);
  }

  add(path: string): void {
    const page = /^(.*)\.(?:x?html?|shtml|xht)$/i.exec(path)?.[1];
    if (page !== undefined) this.pages.add(page.replaceAll('\\', '/'));
  }

  /** Whether a file is in a companion folder, at any depth. */
  holds(path: string): boolean {
    if (this.pages.size === 0) return false;
    const folders = path.split(/[/\\]/, MAX_FOLDERS).slice(0, -1);
    return folders.some((folder, i) => {
      const [, name] = COMPANION_FOLDER.exec(folder) ?? [];
      return name !== undefined && this.pages.has([...folders.slice(0, i), name].join('/'));
    });
  }
}

/** Parts of a path that are checked; bounded, because each is looked up with all those before it. */
const MAX_FOLDERS = 256;

/** Folder suffixes of browsers by language: https://learn.microsoft.com/windows/win32/shell/manage#connected-files */
const COMPANION_FOLDER =
  /^(.+)(?:_files|\.files|_fichiers|_archivos|_bestanden|_file|_filer|_tiedostot|_pliki|_soubory|_elemei|_ficheiros|_arquivos|_dosyalar|_datoteke|_fitxers|_failid|_fails|_bylos|_fajlovi|_fitxategiak|-Dateien|-filer)$/i;

/** A file that is skipped: hidden, a system file, or a companion of a saved page or of a file that was not added. */
export interface PassedOver {
  name: string;
  why: 'hidden' | 'saved page' | 'part';
}

/** Separates the user's own files in a drop from the others. */
export function ownFiles<F extends { name: string }>(
  files: readonly F[],
): { own: readonly F[]; passedOver: readonly PassedOver[] } {
  const pages = new SavedPages(files.map(({ name }) => name));
  const own: F[] = [];
  const passedOver: PassedOver[] = [];
  for (const file of files) {
    const { name } = file;
    if (isSystemFile(name)) passedOver.push({ name, why: 'hidden' });
    else if (pages.holds(name)) passedOver.push({ name, why: 'saved page' });
    else own.push(file);
  }
  return { own, passedOver };
}
