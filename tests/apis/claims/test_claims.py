"""Claims of the papers' tables: what they say, the configs of their rows, the test, the runs kept."""
import json
from pathlib import Path

import in_process
import pytest
from mmengine.config import Config
from scipy.stats import ttest_rel

from ggtoolbox.apis.claims import runs as claim_runs
from ggtoolbox.apis.claims.page import write_page
from ggtoolbox.apis.claims.rows import own_models, write_row
from ggtoolbox.apis.claims.runs import Budget, Runs, make_run, wanted_runs
from ggtoolbox.apis.claims.table import Measure, Row, Table, all_claims, claims_of
from ggtoolbox.apis.claims.tables import TABLES
from ggtoolbox.apis.claims.verdict import judge
from ggtoolbox.apis.config import load_config
from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.table import Row as Measured

MEASURES = Measure('SSIM', 'SSIM'), Measure('FID', 'FD_x', -1)


def small_table(**options):
    rows = dict(
        plain=Row((0.3, 60.0), 'xinggan/ablations/xinggan_blocks1_market1501-128x64'),
        good=Row((0.4, 50.0), 'xinggan/ablations/xinggan_blocks3_market1501-128x64'),
        mixed=Row((0.5, 70.0), 'xinggan/ablations/xinggan_blocks5_market1501-128x64'),
        first=Row((0.2, 80.0), 'xinggan/ablations/xinggan_blocks3_market1501-128x64', trained_as='good'))
    return Table('a table', 'xinggan/xinggan_toyworld-64', MEASURES, rows,
                 (('good', 'plain'), ('mixed', 'good')))._replace(**options)


def test_a_claim_is_what_the_papers_own_figures_say():
    found = [(claim.better, claim.worse, claim.measure.paper, claim.figures)
             for claim in claims_of('t', small_table())]
    assert found == [('good', 'plain', 'SSIM', (0.4, 0.3)), ('good', 'plain', 'FID', (50.0, 60.0)),
                     ('mixed', 'good', 'SSIM', (0.5, 0.4))]  # whose FID is no better
    with pytest.raises(InputError, match="table t: there is no row 'best'"):
        list(claims_of('t', small_table(pairs=(('best', 'plain'),))))
    with pytest.raises(InputError, match="table t, row 'good': expected 1 figures, found 2"):
        list(claims_of('t', small_table(measures=MEASURES[:1])))


def test_over_forty_claims_are_listed_and_each_names_a_measure_of_the_judges():
    claims = all_claims(TABLES)
    assert len(claims) == len(set(claims)) > 100
    for table in TABLES.values():
        assert all(row in table.rows for pair in table.pairs for row in pair)
        assert all(row.trained_as in ('', *table.trainings) for row in table.rows.values())
    sau = next(claim for claim in claims if claim[1:3] == ('B8 SAU', 'B1 nearest'))
    assert sau.figures == (65.5, 62.8)


@pytest.mark.parametrize('name', TABLES)
def test_every_row_is_its_ablation_on_top_of_a_toyworld_config(tmp_path, name):
    table, seen = TABLES[name], {}
    for row in table.rows:
        cfg = Config.fromfile(str(write_row(table, row, tmp_path)), import_custom_modules=False)
        assert cfg.train_dataloader.dataset.type.startswith('ToyWorld')
        assert not cfg.train_cfg.by_epoch  # the ToyWorld schedule
        assert all(cfg.model.get(player, True) for player in cfg.optim_wrapper)  # none that is left out
        seen[row] = json.dumps([cfg.model, cfg.train_dataloader.dataset.length], sort_keys=True)
    differing = len(set(seen.values()))
    assert differing == len(seen)


def test_rows_take_their_own_settings_and_the_small_widths(tmp_path):
    load = lambda name, row: load_config(write_row(TABLES[name], row, tmp_path / name)).model
    assert load('12', 'B8 SAU').generator.upsampler.type == 'SAU'
    assert load('12', 'B8 SAU').generator.channels == 8
    third = load('9', 'B3 convolution')  # settings of B4 and B5, which it is based on
    assert not third.generator.weight_map and not third.generator.classifier
    assert load('4.3', 'SA').generator.head == dict(type='RGBHead', kernel_size=7, padding_mode='reflect',
                                                    pre_activation=None)
    assert load('4.4', 'PATN 5').generator.head.num_intermediates == 4
    assert load('4.7', 'B1 baseline').generator.directions is None
    guide = load('5.1', 'B guide').generator
    assert (guide.source_channels, guide.guide_channels, guide.channels) == (0, 3, 12)
    host, plain = load('5', 'MaskGAN + SAU'), load('5', 'MaskGAN')  # on streets, without what is for faces
    assert host.generator.upsampler.type == 'SAU' and 'upsampler' not in plain.generator
    assert host.generator.num_classes == 17 and host.blender is None is host.mask_vae
    full, cycle = (load('2.9', row).losses.perceptual for row in ('F full', 'D cycle'))
    assert full.network == dict(type='EfficientNetLite0') and cycle is None


def test_an_ablation_that_cannot_be_read_ends_in_a_sentence(tmp_path):
    folder = tmp_path / 'ablations'
    folder.mkdir()
    (folder / 'a.py').write_text("_base_ = '../system.py'\nwidth = 3\nmodel = dict(channels=width)\n")
    with pytest.raises(InputError, match='a.py: expected plain values'):
        own_models(folder / 'a.py')
    with pytest.raises(InputError, match='b.py: there is no such ablation config'):
        own_models(folder / 'b.py')


def test_verdicts_are_those_of_a_paired_t_test():
    better, worse = [0.61, 0.66, 0.62, 0.69], [0.60, 0.62, 0.60, 0.64]
    found = judge([b - w for b, w in zip(better, worse)])
    assert found.p == pytest.approx(ttest_rel(better, worse, alternative='greater').pvalue)
    assert found.word == 'holds' and found.seeds == 4 and found.mean == pytest.approx(0.03)
    turned = judge([w - b for b, w in zip(better, worse)])
    assert turned.word == 'does not hold' and turned.p == pytest.approx(found.p)
    assert judge([0.1, -0.1, 0.05]).word == 'undecided'
    assert judge([0.1, 0.1]).word == judge([]).word == 'undecided'  # too few seeds
    assert judge([0.0, 0.0, 0.0]).word == 'undecided' and judge([0.1, 0.1, 0.1]).word == 'holds'


@pytest.fixture
def trained(monkeypatch):
    """Trainings that take no time; their values are said by the config."""
    done = []

    def train(run, tools):
        run.work_dir.mkdir(parents=True)
        done.append((run.name, run.seed, run.cfg.train_cfg.max_iters))
        return run.final_checkpoint

    def measure(cfg, checkpoint, images):
        blocks = cfg.model.generator.num_blocks
        return [Measured('SSIM', blocks / 10, images, ''), Measured('FD_x', float('nan'), images, '')]
    monkeypatch.setattr(claim_runs, 'train_in_process', train)
    monkeypatch.setattr(claim_runs, 'measure', measure)
    return done


def make_all(path, tables, seeds, iterations=20):
    runs, budget = Runs(path / 'claims.json'), Budget(iterations, 4)
    return [make_run(wanted, tables[wanted.table], budget, runs, path / 'work', Path('tools'))
            for wanted in wanted_runs(tables, list(tables), seeds)]


def test_runs_are_added_to_over_time_and_never_made_twice(tmp_path, trained):
    tables = dict(t=small_table(), again=small_table(rows={'good': small_table().rows['good']}, pairs=()))
    make_all(tmp_path, tables, 1)
    assert [name for name, *_ in trained] == ['plain', 'good', 'mixed']
    told = make_all(tmp_path, tables, 2)
    assert trained[3:] == [('plain', 1, 20), ('good', 1, 20), ('mixed', 1, 20)]
    assert told[:4] == ['', '', '', ''] and told[-1] == 'again/good/1: the same training is there'
    assert not any((tmp_path / 'work').glob('*/good'))  # checkpoints go, values stay
    group = Runs(tmp_path / 'claims.json').most('t')
    rows = 'plain', 'good', 'mixed', 'first'
    assert set(group['runs']) == {f'{row}/{seed}' for row in rows for seed in (0, 1)}
    assert group['budget'] == dict(iterations=20, images=4) and group['base'] == 'xinggan/xinggan_toyworld-64'
    assert group['runs']['good/0']['values'] == dict(SSIM=0.3, FD_x=None)
    assert group['runs']['first/0']['tested_otherwise']


def test_runs_of_another_budget_are_not_compared(tmp_path, trained):
    rows = {name: row for name, row in small_table().rows.items() if name in ('plain', 'good')}
    tables = dict(t=small_table(rows=rows, pairs=(('good', 'plain'),)))
    make_all(tmp_path, tables, 3)
    make_all(tmp_path, tables, 1, 10)
    runs = Runs(tmp_path / 'claims.json')
    assert len(runs.tables['t']) == 2 and runs.most('t')['budget']['iterations'] == 20
    page = write_page(tables, runs)
    assert '2 claims: 1 *holds*, 0 *does not hold*, 1 *undecided*. 6 runs so far.' in page
    assert '| good > plain | SSIM: `SSIM` | 0.4 / 0.3 | 0.3 / 0.1 | +0.2 ± 0 | 3 | 0.000 | *holds* |' in page
    assert '| good > plain | FID: `FD_x` | 50 / 60 | – / – | – | 0 | – | *undecided* |' in page


def test_the_tool_writes_the_page_and_goes_on_behind_a_row_that_fails(tmp_path, monkeypatch, trained):
    page = in_process.run('analysis_tools/claims.py', '--json', tmp_path / 'c.json', '--runs', 0).strip()
    assert Path(page).read_text().count('no run yet') == len(TABLES)
    arguments = ('--json', tmp_path / 'c.json', '--work-dir', tmp_path / 'w', '--tables', '4.4', '--seeds', 1,
                 '--iterations', 7, '--test-images', 3)
    in_process.run('analysis_tools/claims.py', *arguments, '--rows', 'Xing 1')
    assert trained == [('Xing_1', 0, 7)] and '1 runs so far' in Path(page).read_text()
    monkeypatch.setattr(claim_runs, 'measure', lambda *_, **__: (_ for _ in ()).throw(InputError('no luck')))
    error = in_process.run('analysis_tools/claims.py', *arguments, '--rows', 'Xing 5', 'Xing 9', fails=True)
    assert error.endswith('2 runs failed: 4.4/Xing 5/0: no luck; 4.4/Xing 9/0: no luck')


def test_a_row_that_no_table_has_is_a_sentence():
    with pytest.raises(InputError, match="there is no row 'nothing'"):
        wanted_runs(TABLES, ['12'], 1, ['nothing'])
