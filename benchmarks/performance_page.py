"""Writes docs/performance.md from the newest records of each kind: python benchmarks/performance_page.py"""
from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from _records import RECORDS, read_record

PAGE = Path(__file__).resolve().parents[1] / 'docs' / 'performance.md'
TITLES = dict(gaugan='GauGAN', lggan='LGGAN', dagan='DAGAN', selectiongan_plus='SelectionGAN++',
              gesturegan='GestureGAN, two cycles', c2gan='C2GAN', xinggan='XingGAN', bigraphgan='BiGraphGAN',
              scgan='SCGAN, 5 + 1')
SWITCHES = ('channels_last', 'bf16', 'compile')
OPENING = '''# How fast, how much memory

Written by `python benchmarks/performance_page.py` from [the records](../benchmarks/records), which hold
machine, versions and command; measure on your own machine by running the commands. What a single config
costs: [analysis tools](analysis_tools.md). What the switches change: [many GPUs, little memory,
speed](many_gpus.md).
'''
STEPS = '''## Whole training steps

All turns of one iteration with their optimisers (of SCGAN, five iterations), in seconds of the processor.
"Before" is commit {before}; it and each form took steps in turn, in one run, and the ratio is the median of
neighbours. "Released / now" is what the authors' released code took of that commit, times the ratio.

{seconds}
{told}
The released code: {released}
'''
MEMORY = '''## Memory of whole training steps

Of the same record: what a step takes above what stands before it and, in brackets, the peak with weights and
optimisers' states but without libraries; MiB, of processes whose allocator leaves no gaps. "Of released" is
what of that commit's step the released code took, times the quotient. Our gradients are freed after each step
and count as the step's; those of code that zeroes them before a backward pass, as the released does, stand.
Of BiGraphGAN and SCGAN the released code's memory is not known. SCGAN's features take 50 MiB of its step:
the rest are gradients of a discriminator, one of whose weights alone has 128 MiB, and those of its penalty.

{memory}'''
ALONE = '''## Each switch alone

How many times as fast a step is with one switch as it is by default, at the sizes of the table above.

{table}
{told}'''
INFERENCE = '''## Inference

A trained GauGAN that draws one street: what an `Inferencer` does ("exact": spectral
normalisation folded, layers of the layout once for each distinct neighbourhood) and what
`Inferencer(..., fast=True)` does ("fast": the layout in memory and bfloat16, too, as far as no pixel is off
by a level), beside convolutions of the whole layout in the training network. Exporting GauGAN+SAU to ONNX
takes 27 s of the processor at 64 pixels and 53 s at full width, all inside of PyTorch's exporter and
onnxscript: the library of operators is loaded, the network traced twice.

{table}
{told}'''
TRIED = '''## Tried, without gain

| what | what it gave |
| --- | --- |
| GestureGAN's four independent passes of the generator as one batch | 1.02 times as fast |
| instance norm as group norm with a group a channel | 4 to 5 times slower on a CPU |
| one matrix product instead of a convolution beyond 64 positions | slower: unfolding costs what it saves |
| `index_add_` as the adjoint of looking up distinct neighbourhoods | slower than products of sorted rows |
| transparent huge pages for the allocator | nothing beyond keeping freed memory |
| channels-last order of 3 x 3 convolutions of 256 channels in float32 | nothing: 11.6 and 11.7 ms |
| Winograd's F(4x4, 3x3) | 9.5 ms instead of 9.9 ms of F(2x2, 3x3), but rounds 25 times as coarsely |
| channels-last by default where `--fast` takes it | XingGAN 1.03, BiGraphGAN 1.03, SelectionGAN++ 0.98 \
times as fast since convolutions are Winograd's: left as it was |
| weights of tiny maps rounded to bfloat16 piece by piece, beside their product | nothing: 1.58 and 1.56 ms \
for 4 M weights |
| products of tiny maps in float32 under autocast, which rounds no weight | faster for one or two \
positions alone |
| C2GAN's optimisers behind the backward pass | 3 % faster, for 320 MiB of gradients; its rounded weights \
kept, 10 % for 160 MiB: neither |
| constants of ToyWorld's brush as arrays | nothing: 1.00, to the same bits |
| weights rounded to bfloat16 again in the backward pass while autocast's cache keeps them, too | nothing: \
XingGAN's step 394 MiB both ways; without the cache 295, which is on now |
| `torch.compile` of networks of full width on a CPU | GauGAN: no gain over one drawing, 137 s to compile |
| `torch.compile` of small networks on a CPU | 0.90 to 1.14 times as fast, above, after minutes of compiling |

'''
MATRIX = '''## Layout, bfloat16, compile

What each switch alone makes of a step of the small configs for ToyWorld (64 x 64): the speed and, in
brackets, the largest relative differences of a loss term and of a player's gradient (by its norm) in float32,
with the same weights, batch and random numbers and without dropout.

{table}
{told}'''
LARGEST = '''## The largest picture that trains

Estimated for pictures twice as wide as high, one a step: a line through the peaks measured at 512 x 256 and
768 x 384, solved for the memory, in multiples of 64 pixels. On a CPU; libraries (0.4 GB) are not counted.

{table}
{told}'''
DRAWING = '''## ToyWorld

Samples a second that one core draws (two pictures with their guides, but one of a street); of the fastest of
the repeats.

{table}
{told}'''
CLOSING = '''## On a GPU

`benchmarks/gpu.sh` measures operators, whole steps, inference and a training in 8 minutes. No GPU was at hand
yet, so that there is no table. Its form `fast+cuda_graphs` replays turns that follow one another as one
graph ([many GPUs, little memory, speed](many_gpus.md#cuda-graphs)). That they equal turns without a graph was
tested with a stand-in for CUDA's graphs on a CPU; what they gain is not known yet, so that no system's
`--fast` turns them on.
'''


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = [head, ['---'] * len(head), *rows]
    return '\n'.join('| ' + ' | '.join(line) + ' |' for line in lines) + '\n'


def told(record: dict) -> str:
    """The sentence below a table: when, where and how."""
    versions = ', '.join(f'{name} {version}' for name, version in record.get('versions', {}).items())
    return (f'*{record["date"]}, {record["machine"]}, {record["cores"]} cores, {record["memory_gb"]} GB'
            f'{"; " + versions if versions else ""}; commit {record["commit"]}.*\n\n'
            f'```\n{record["command"]}\n```\n')


def times(value: float | None) -> str:
    return f'{value:.2f}' if value else ''


def whole_steps(record: dict, released: dict) -> str:
    """Each system's step before and now, as it is by default and with switches; released code by ratio."""
    known = {row['system']: row for row in released['rows']}
    seconds = []
    for row in record['rows']:
        if 'baseline_seconds' in row:
            past = known.get(row['system'], {})
            seconds.append([*name_of(row), f'{row["size"]}, {row["batch"]}', f'{row["baseline_seconds"]:.2f}',
                            f'{row["seconds"]:.2f}', times(row['ratio']),
                            times(past and row['ratio'] * past['ratio']),
                            times(past.get('aims', {}).get(row['variant']))])
    head = ('system', 'form', 'size, batch', 'before, s', 'now, s', 'before / now', 'released / now', 'aim')
    return STEPS.format(
        seconds=table(head, seconds), before=released['commit'], told=told(record),
        released=f'{released["date"]}, {released["machine"]}; {released["command"]}.')


def memory(record: dict, released: dict) -> str:
    """What a step takes, before and in each form; released code by ratio."""
    known = {row['system']: row for row in released['rows']}
    befores = {row['system']: row for row in record['rows'] if row['variant'] == 'against'}
    lines = []
    for row in record['rows']:
        if row['variant'] != 'against' and 'step_mb' in row:
            before, past = befores[row['system']], known.get(row['system'], {})
            lines.append([
                *name_of(row), *(f'{one["step_mb"]:.0f} ({one["peak_mb"]:.0f})' for one in (before, row)),
                times(row['step_mb'] / before['step_mb']),
                *(times(f'released_{what}' in past and row[what] / before[what] * past[what]
                        / past[f'released_{what}']) for what in ('step_mb', 'peak_mb'))])
    head = ('system', 'form', 'before', 'now', 'step, of before', 'step, of released', 'peak, of released')
    return MEMORY.format(memory=table(head, lines))


def switches_alone(record: dict) -> str:
    """Systems by switches: how many times as fast as by default."""
    found = {(row['system'], row['variant']): row['ratio'] for row in record['rows']}
    systems, variants = (list(dict.fromkeys(key[i] for key in found)) for i in (0, 1))
    variants.remove('default')
    lines = [[TITLES.get(system, system), *(times(found.get((system, variant))) for variant in variants)]
             for system in systems]
    return ALONE.format(table=table(('system', *(f'`{v}`' for v in variants)), lines), told=told(record))


def inference(record: dict) -> str:
    """How long a trained network draws."""
    lines = [[row['config'], row['name'].split(', ')[-1], f'{row["reference_s"]:.2f}', f'{row["fast_s"]:.2f}',
              times(row['speedup'])] for row in record['rows']]
    return INFERENCE.format(told=told(record),
                            table=table(('upsampler, size', 'form', 'whole, s', 's', 'ratio'), lines))


def name_of(row: dict) -> tuple[str, str]:
    return TITLES.get(row['system'], row['system']), f'`{row["variant"]}`'


def compile_matrix(record: dict) -> str:
    """Systems by switches: speed and differences."""
    lines = []
    for system in dict.fromkeys(row['system'] for row in record['rows']):
        rows = {row['switch']: row for row in record['rows'] if row['system'] == system}
        lines.append([TITLES.get(system, system), *(
            f'{rows[switch]["ratio"]:.2f} ({rows[switch]["term_difference"]:.0e}, '
            f'{rows[switch]["gradient_difference"]:.0e})' if switch in rows else '' for switch in SWITCHES),
            f'{rows["compile"]["first_seconds"]:.0f} s' if 'compile' in rows else ''])
    return MATRIX.format(table=table(('system', *SWITCHES, 'first compiled step'), lines), told=told(record))


def largest_image(record: dict) -> str:
    """What fits into a memory."""
    limits = record['rows'][0]['largest']
    lines = [[*name_of(row), f'{row["standing_mb"]:.0f}',
              f'{row["mb_per_megapixel"]:.0f}', *(f'{width} x {height}' for height, width in
                                                  row['largest'].values())] for row in record['rows']]
    return LARGEST.format(told=told(record), table=table(
        ('system', 'form', 'standing, MiB', 'MiB a megapixel', *(f'{limit} GB' for limit in limits)), lines))


def toyworld(record: dict) -> str:
    """Data sets by what is done with a sample."""
    found = {(row['dataset'], row['what']): row['best'] for row in record['rows']}
    names, forms = (list(dict.fromkeys(key[i] for key in found)) for i in (0, 1))
    lines = [[name, *(f'{found[name, form]:.0f}' for form in forms)] for name in names]
    return DRAWING.format(table=table(('data set', *forms), lines), told=told(record))


def operators(record: dict) -> str:
    """A benchmark of a fast form beside its plain formula."""
    name = record['rows'][0]['name']
    lines = [[row['name'], row['config'], f'{row["reference_s"] * 1e3:.1f}', f'{row["fast_s"] * 1e3:.1f}',
              times(row['speedup']), f'{row["reference_peak_mb"]:.0f}', f'{row["fast_peak_mb"]:.0f}']
             for row in record['rows']]
    head = ('what', 'size', 'plain, ms', 'fast, ms', 'ratio', 'plain, MiB', 'fast, MiB')
    return f'### {name}\n\n{table(head, lines)}\n{told(record)}'


def newest(kind: str) -> dict | None:
    """The last record of a kind, by its date; None where there is none."""
    found = sorted(path for path in RECORDS.glob('*.json') if path.stem[11:] == kind)
    return read_record(found[-1]) if found else None


def page() -> str:
    """The whole page."""
    released = newest('released')
    sections = {'whole-steps': lambda record: f'{whole_steps(record, released)}\n{memory(record, released)}',
                'single-switches': switches_alone,
                'compile-matrix': compile_matrix, 'largest-image': largest_image, 'inference': inference,
                'toyworld': toyworld}
    parts = [section(record) for kind, section in sections.items() if (record := newest(kind))]
    kinds = sorted({path.stem[11:] for path in RECORDS.glob('*.json')} - {*sections, 'released'})
    others = [operators(newest(kind)) for kind in kinds]
    parts += ['## Operators beside their formulas\n', *others] if others else []
    return '\n'.join([OPENING, *parts, TRIED + CLOSING])


if __name__ == '__main__':
    PAGE.write_text(page())
