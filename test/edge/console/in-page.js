/** How far the page is larger than the window, in pixels. */
export function overflow() {
  const { scrollWidth, scrollHeight, clientWidth, clientHeight } = document.documentElement;
  return { wider: scrollWidth - clientWidth, higher: scrollHeight - clientHeight };
}

/** Each piece of visible text and how much it stands out from its ground (WCAG 2.2, contrast ratio). */
export function contrasts() {
  const luminance = (colour) => {
    const [red, green, blue] = colour.match(/[\d.]+/g).map((part) => {
      const value = Number(part) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ground = (element) => {
    const colour = element ? getComputedStyle(element).backgroundColor : 'rgb(255, 255, 255)';
    return colour === 'rgba(0, 0, 0, 0)' ? ground(element.parentElement) : colour;
  };
  return [...document.querySelectorAll('body *')]
    .filter((element) =>
      [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== ''),
    )
    .filter((element) => element.checkVisibility())
    .map((element) => {
      const pair = [luminance(getComputedStyle(element).color), luminance(ground(element))];
      return { text: element.textContent, ratio: (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05) };
    });
}

/** Whether the keyboard is in the element of this id. */
export function isFocused(id) {
  return document.activeElement?.id === id;
}

/** Whether any of the element can be seen in the panel it scrolls in. */
export function isInSight(selector) {
  const element = document.querySelector(selector);
  const [one, panel] = [element, element.closest('.body')].map((part) => part.getBoundingClientRect());
  return one.top < panel.bottom && one.bottom > panel.top;
}
