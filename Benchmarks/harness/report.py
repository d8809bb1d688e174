"""Figures as tables: medians over rounds, and ratios taken round by round."""
import statistics


class Series:
    """The samples of one figure, one a round."""

    def __init__(self):
        self.samples = []

    def add(self, value):
        self.samples.append(value)

    @property
    def median(self):
        return statistics.median(self.samples)

    def ratio(self, other):
        """The median of this series over the other, pair by pair: what the machine's drift cancels out of."""
        return statistics.median(a / b for a, b in zip(self.samples, other.samples))

    def cells(self, digits=1):
        """Median, least and most, for a table."""
        return [f"{value:.{digits}f}" for value in (self.median, min(self.samples), max(self.samples))]


class Figures:
    """Series by name, made as they are first written to."""

    def __init__(self):
        self.series = {}

    def add(self, *names, value):
        self.series.setdefault(names, Series()).add(value)

    def __getitem__(self, names):
        return self.series[names]

    def __contains__(self, names):
        return names in self.series

    def payload(self):
        """All samples as JSON takes them."""
        return [{"name": list(names), "median": series.median, "samples": series.samples}
                for names, series in self.series.items()]


def table(header, rows):
    """Rows as kubectl prints them: left-aligned, three spaces, no borders."""
    lines = [[str(cell) for cell in row] for row in [header, *rows]]
    widths = [max(map(len, column)) for column in zip(*lines)]
    return "\n".join("   ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines)


def cpu_table(title, programs, columns, figures):
    """CPU milliseconds an operation: a line a program, a column a (heading, keys); "-" where there is no figure."""
    def cell(program, keys):
        names = ("cpu", *keys, program)
        return f"{figures[names].median:.2f}" if names in figures else "-"

    return table([title, *(heading for heading, _ in columns)],
                 [[program, *(cell(program, keys) for _, keys in columns)] for program in programs])
