// The icons that pages may name: a name that is missing here shows nothing, and a test of the web project says so.
export const icons = [
  "arrow-down", "arrow-up", "bell", "check", "chevron-down", "chevron-left", "chevron-right", "circle-check", "circle-help", "circle-x",
  "clock", "command", "copy", "database", "eye", "globe", "history", "house", "image", "info", "keyboard", "languages", "lock", "log-out",
  "mail", "mail-open", "menu", "message-square", "monitor", "moon", "mouse-pointer-click", "package", "panel-left-close", "refresh-cw",
  "rotate-ccw", "search", "shield-check", "shopping-bag", "shopping-cart", "smartphone", "sparkles", "star", "sun", "tag", "terminal",
  "trending-up", "triangle-alert", "undo-2", "user", "users", "wallet", "x", "zap",
];
