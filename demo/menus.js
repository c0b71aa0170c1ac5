// Run when another world's models have come. Gradio looks up the options of a menu that is open, or still
// fading away, by their old numbers in the new list, and trips where that is shorter: menus are closed before.
async menus => {
  const boxes = ['#model', '#other'].map(name => document.querySelector(name));
  const open = () => boxes.filter(box => box?.querySelector('.options'));
  while (open().length) {
    for (const box of open()) {
      const input = box.querySelector('input');
      input.blur();
      input.dispatchEvent(new Event('blur'));  // one that has lost the focus already
    }
    await new Promise(done => setTimeout(done, 20));
  }
  return menus.map(menu => ({__type__: 'update', ...menu}));
}
