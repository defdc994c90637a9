// The keyboard stops only at boxes that scroll.
function stops() {
  for (const box of document.querySelectorAll(".scroll, .drawing")) {
    const scrolls = box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
    if (scrolls) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}
addEventListener("load", stops);
addEventListener("resize", stops);
