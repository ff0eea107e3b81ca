// The storefront of the sample shop: plain buttons that call the snippet, the way a shop's own pages do.
const shop = document.querySelector("[data-storefront]");
const log = shop.querySelector("[data-log]");
const basket = shop.querySelector("[data-basket]");
const cart = [];

function call(name, argument, text) {
  window.campaignPortal?.[name](argument);
  const line = document.createElement("li");
  line.textContent = text;
  log.prepend(line);
  while (log.children.length > 8) log.lastElementChild.remove();
}

const itemOf = (card) => ({ product_id: card.dataset.item, name: card.dataset.name, category: card.dataset.category, price: Number(card.dataset.price) });

shop.addEventListener("click", (event) => {
  const card = event.target.closest("[data-item]");
  if (card && event.target.closest("[data-cart]")) {
    cart.push({ ...itemOf(card), quantity: 1 });
    basket.textContent = cart.map((item) => item.name).join(" · ");
    call("cart", itemOf(card), `Product Added: ${card.dataset.name}`);
  } else if (card) {
    call("view", itemOf(card), `Product Viewed: ${card.dataset.name}`);
  }
  if (event.target.closest("[data-order]") && cart.length) {
    const order = `web-${Date.now().toString(36)}`;
    call("order", { order_id: order, currency: shop.dataset.currency, products: cart.splice(0) }, `Order Completed: ${order}`);
    basket.textContent = basket.dataset.empty;
  }
  const answer = event.target.closest("[data-consent-answer]");
  if (answer) {
    window.campaignPortal?.consent(answer.dataset.consentAnswer === "yes");
    shop.querySelector("[data-consent-question]").hidden = true;
  }
});

shop.querySelector("[data-identify]").addEventListener("submit", (event) => {
  event.preventDefault();
  const id = new FormData(event.target).get("customer").trim();
  if (id) call("identify", id, `identify: ${id}`);
});

try {
  if (localStorage.getItem("cp.consent")) shop.querySelector("[data-consent-question]").hidden = true;
} catch { /* storage is forbidden: the question stays */ }
