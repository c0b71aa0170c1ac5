// Run by gradio when the component is on the page: it gives element, props, trigger, server and watch.

const surface = new Surface(element, text => {
  props.value = text;
  trigger('input');
}, text => server.label_map_png(text));
watch('value', () => surface.load(props.value));
surface.load(props.value);
