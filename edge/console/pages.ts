/** The page's files, read once at start. What is not in this list does not exist, whatever a request asks for. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export interface Page {
  bytes: Buffer;
  type: string;
  etag: string;
}

const TYPES: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

const FILES = [
  'index.html',
  'app.js',
  'view.js',
  'desk.js',
  'section.js',
  'differences.js',
  'elements.js',
  'words.js',
  'style.css',
  'parts.css',
  'desk.css',
  'icon.svg',
] as const;

/** By request path; `/` is the page itself. */
export function readPages(): Map<string, Page> {
  const pages = new Map<string, Page>();
  for (const name of FILES) {
    const bytes = readFileSync(new URL(`./web/${name}`, import.meta.url));
    const type = TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
    const etag = `"${createHash('sha256').update(bytes).digest('base64url')}"`;
    pages.set(name === 'index.html' ? '/' : `/${name}`, { bytes, type, etag });
  }
  return pages;
}
