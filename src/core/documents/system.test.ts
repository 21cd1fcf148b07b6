import { expect, it } from 'vitest';
import { isSystemFile } from './system';

it('distinguishes system files from user files', () => {
  for (const path of [
    '.DS_Store',
    'letters/.DS_Store',
    '._june.txt',
    'letters/._june.txt',
    '__MACOSX/letters/june.txt',
    'Thumbs.db',
    'letters/thumbs.db',
    'desktop.ini',
    '.git/HEAD',
    'a/.git/objects/0a/1b',
    '.gitignore',
    'Icon\r',
    '~$letter.docx',
    '$RECYCLE.BIN/x.txt',
    'a\\.svn\\entries',
    '.localized',
  ])
    expect(isSystemFile(path), path).toBe(true);
  for (const path of [
    'june.txt',
    'letters/1851/june.txt',
    './june.txt',
    '../june.txt',
    '…and so on.txt',
    'a.git',
    'Icons',
  ])
    expect(isSystemFile(path), path).toBe(false);
});
