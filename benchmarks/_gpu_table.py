"""What ``gpu.sh`` measured, as one record and as tables: python benchmarks/_gpu_table.py DIR"""
from __future__ import annotations

import json
import sys
from pathlib import Path

from _records import write_record
from performance_page import table


def read(path: Path) -> list[dict]:
    """Rows of a record, or of a tool that writes them alone; none where a part has failed."""
    if not path.exists():
        return []
    found = json.loads(path.read_text())
    return found['rows'] if isinstance(found, dict) else found


def gather(folder: Path) -> list[dict]:
    """All rows, each with the name of its ``part``."""
    return [dict(part=path.stem) | row for path in sorted(folder.glob('*.json')) if path.stem != 'gpu'
            for row in read(path)]


def tables(rows: list[dict], parts: str) -> str:
    """Markdown: operators, whole steps in pictures a second, inference, and how each part ended."""
    operators = [[row['name'], row['config'], f'{row["reference_s"] * 1e3:.3f}', f'{row["fast_s"] * 1e3:.3f}',
                  f'{row["speedup"]:.2f}', f'{row["copy_share"]:.0%}', f'{row["reference_peak_mb"]:.0f}',
                  f'{row["fast_peak_mb"]:.0f}'] for row in rows if 'copy_share' in row]
    steps = [[row['config'], f'{row["size"]}, {row["batch"]}', f'`{row["variant"]}`',
              f'{row["batch"] / row["seconds"]:.2f}', f'{row["ratio"]:.2f}', f'{row["peak_mb"] / 1024:.2f}']
             for row in rows if 'variant' in row]
    inference = [[row['config'], 'bfloat16' if row['amp'] else 'float32', f'{row["step_seconds"] * 1e3:.1f}',
                  f'{row["peak_mb"]:.0f}'] for row in rows if row.get('mode') == 'inference']
    measured = ('what', 'size', 'plain, ms', 'fast, ms', 'ratio', 'of a copy', 'plain, MiB', 'fast, MiB')
    return '\n'.join([
        table(measured, operators),
        table(('step', 'size, batch', 'form', 'pictures / s', 'ratio', 'peak, GiB'), steps),
        table(('inference', 'type', 'ms a picture', 'peak, MiB'), inference),
        *(f'- {line}' for line in parts.splitlines())])


def main() -> None:
    folder = Path(sys.argv[1])
    rows = gather(folder)
    write_record(rows, folder / 'gpu.json', sys.argv[2], ['benchmarks/gpu.sh', *sys.argv[3:]])
    print(tables(rows, (folder / 'parts.txt').read_text()))


if __name__ == '__main__':
    main()
