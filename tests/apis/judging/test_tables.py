"""The page of figures."""
from ggtoolbox.apis.judging.tables import format_tables


def row(config, task=None, **metrics):
    sized = {} if task is None else dict(task=task)
    return dict(config=config, protocol='toyworld_street', metrics=metrics, images=8, iterations=5,
                batch_size=2, parameters=dict(generator=2_000_000, discriminator=1_000_000), **sized)


def test_pictures_of_another_size_have_a_table_of_their_own():
    large = 'toyworld_street, 128 x 128'
    page = format_tables(
        [row('large', large, mIoU=0.5), row('small', mIoU=0.25)],
        {'toyworld_street': [dict(reference='real images', metrics=dict(mIoU=0.7))],
         large: [dict(reference='real images', metrics=dict(mIoU=0.6))]})
    titles = ['## Street scenes from label maps\n', '## Street scenes from label maps, 128 x 128\n']
    small, of_large = page[page.index(titles[0]):].split(titles[1])
    assert all(part in small for part in ('| `small` | 0.2500 | 5 x 2 | 2.00M + 1.00M |', '| 0.7000 |'))
    assert all(part in of_large for part in ('| `large` | 0.5000 |', '| 0.6000 |'))
    assert 'large' not in small and 'small' not in of_large
