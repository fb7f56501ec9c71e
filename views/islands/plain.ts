/** What was said without the signs of its markup: for quotes and lists, where one line has to do. */
export const plainOf = (text: string): string =>
  text
    .replace(/^```.*$/gm, '')
    .replace(/`([^`\n]+)`/g, '$1')
    // The second: an address that an excerpt cuts off.
    .replace(/\[([^\][\n]+)\]\([^()\s]+\)/g, '$1')
    .replace(/\[([^\][\n]+)\]\([^()\s]*$/, '$1')
    .replace(/(\*\*|__|~~)(?=\S)(.+?)\1/g, '$2')
    .replace(/(?<![\w*])\*(?=\S)([^*\n]+)\*(?!\w)/g, '$1')
    .replace(/^[ \t]{0,3}(?:>|#{1,6})[ \t]+/gm, '')
