// MJML to the HTML of a body, in the author's browser. What comes out is cleaned by the server like HTML that somebody typed.
import mjml2html from "mjml-browser";
import { protect } from "./tags.js";

/**
 * @param {string} source MJML with tags of the template
 * @returns {Promise<{html: string | null, errors: {line: number, message: string}[]}>} no HTML where the source cannot be compiled
 */
export async function compile(source) {
  const tags = protect(source);
  try {
    // No fonts: MJML knows some by their address and would link them.
    const { html, errors } = await mjml2html(tags.text, { fonts: {}, validationLevel: "soft", keepComments: true, minify: false, beautify: false });
    const problems = (errors ?? []).map((error) => ({ line: error.line ?? 1, message: tags.restore(error.message ?? String(error)) }));
    return { html: problems.length > 0 ? null : tags.restore(bodyOf(html, tags)), errors: problems };
  } catch (error) {
    return { html: null, errors: [{ line: lineOf(error), message: tags.restore(error.message ?? String(error)).split("\n")[0] }] };
  }
}

/** What stands in the body, without what a body of the portal has no place for: the frame and the style sheet are the server's. */
function bodyOf(html, tags) {
  // Before parsing: a browser complains of style sheets in a page that allows none.
  const page = new DOMParser().parseFromString(html.replace(/<style\b[^]*?<\/style>/gi, ""), "text/html");
  const comments = page.createTreeWalker(page.body, NodeFilter.SHOW_COMMENT);
  const gone = [];
  while (comments.nextNode()) if (!tags.isMark(comments.currentNode.data)) gone.push(comments.currentNode);
  for (const comment of gone) comment.remove();
  for (const element of page.body.querySelectorAll("*")) {
    tidyClass(element);
    if (element.hasAttribute("style")) tidyStyle(element);
    if (element.getAttribute("height") === "auto") element.removeAttribute("height");
    if (element.getAttribute("role") === "article") for (const name of ["role", "aria-roledescription", "lang", "dir"]) element.removeAttribute(name);
  }
  return page.body.innerHTML.replace(/\n\s*\n+/g, "\n").trim();
}

// Columns stand side by side on a computer; the server writes the rule for it by this name.
function tidyClass(element) {
  const column = [...element.classList].find((name) => /^mj-column-(per|px)-[0-9-]+$/.test(name));
  if (column) element.className = column;
  else element.removeAttribute("class");
}

// What only some programs read.
function tidyStyle(element) {
  const kept = element.getAttribute("style").split(";").filter((rule) => rule.trim() && !/^\s*(mso-|cursor|outline|-webkit-|-ms-)/i.test(rule));
  if (kept.length > 0) element.setAttribute("style", kept.join(";"));
  else element.removeAttribute("style");
}

const lineOf = (error) => Number(/line:? ?(\d+)/i.exec(error.message ?? "")?.[1] ?? 1);
