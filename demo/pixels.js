// Run by gradio when the page is there: a click on a generated picture says which of its pixels was meant.
// Gradio's own event takes pictures to be shown at no more than their size, and these are enlarged.

const PICTURES = ['first', 'second'];

document.addEventListener('click', event => {
  const image = event.target.closest('.generated img');
  if (!image) return;
  const box = image.getBoundingClientRect(); // the picture lies in its top left corner, and may be smaller
  const scale = Math.min(box.width / image.naturalWidth, box.height / image.naturalHeight);
  const column = Math.floor((event.clientX - box.left) / scale);
  const row = Math.floor((event.clientY - box.top) / scale);
  if (column >= image.naturalWidth || row >= image.naturalHeight) return;
  props.value = JSON.stringify({picture: PICTURES.findIndex(name => image.closest(`#${name}`)), row, column});
  trigger('input');
});
