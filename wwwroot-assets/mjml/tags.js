// Tags of the template ({{…}}) through a compiler that knows nothing of them: each becomes a mark, and comes back afterwards.

// Elements whose content MJML takes as it is; anywhere else only elements may stand, so a tag needs one around it.
const texts = new Set(["mj-text", "mj-button", "mj-raw", "mj-table", "mj-title", "mj-preview", "mj-style", "mj-accordion-title", "mj-accordion-text", "mj-navbar-link", "mj-social-element"]);

/** @param {string} source */
export function protect(source) {
  const tags = [];
  let prefix = "cpm";
  while (source.includes(prefix)) prefix += "q";
  const mark = new RegExp(`(?:<!--)?${prefix}(\\d+)z(?:-->)?`, "g");
  let [text, open, depth] = ["", "", 0];
  // A tag of the template, a comment, or a tag of MJML with its attributes.
  const part = /\{\{[^]*?\}\}|<!--[^]*?-->|<\/?[a-zA-Z][^>]*>/g;
  let [at, match] = [0, null];
  while ((match = part.exec(source)) !== null) {
    text += source.slice(at, match.index);
    at = match.index + match[0].length;
    if (match[0].startsWith("{{")) text += place(match[0]);
    else if (match[0].startsWith("<!--")) text += match[0].replace(/\{\{[^]*?\}\}/g, word);
    else {
      text += match[0].replace(/\{\{[^]*?\}\}/g, word);
      follow(match[0]);
    }
  }
  text += source.slice(at);
  return { text, restore: (html) => html.replace(mark, (whole, number) => tags[number] ?? whole), isMark: (comment) => new RegExp(`^${prefix}\\d+z$`).test(comment) };

  function word(tag) {
    return `${prefix}${tags.push(tag) - 1}z`;
  }

  // A value is a word; a block is a comment, which may stand between the rows of a table as well.
  function place(tag) {
    const isBlock = /^\{\{[#/!]|^\{\{else/.test(tag) || /^\{\{\s*recommendations/.test(tag);
    const inside = isBlock ? `<!--${word(tag)}-->` : word(tag);
    return open ? inside : `<mj-raw>${inside}</mj-raw>`;
  }

  function follow(tag) {
    const name = /^<\/?([a-zA-Z-]+)/.exec(tag)[1].toLowerCase();
    if (tag.endsWith("/>") || !texts.has(name) || (open && open !== name)) return;
    depth += tag[1] === "/" ? -1 : 1;
    open = depth > 0 ? name : "";
    if (depth < 0) depth = 0;
  }
}
