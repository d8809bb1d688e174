"""Figures as tables: medians over rounds, and ratios taken round by round."""
import statistics


class Series:
    """The samples of one contestant, one a round."""

    def __init__(self, name, unit="/s"):
        self.name, self.unit, self.samples = name, unit, []

    def add(self, value):
        self.samples.append(value)

    @property
    def median(self):
        return statistics.median(self.samples)

    def ratio(self, other):
        """The median of this series over the other, pair by pair: what the machine's drift cancels out of."""
        return statistics.median(a / b for a, b in zip(self.samples, other.samples))

    def row(self):
        return [self.name, f"{self.median:.1f}{self.unit}", f"{min(self.samples):.1f}", f"{max(self.samples):.1f}"]

    def payload(self):
        return {"name": self.name, "unit": self.unit, "median": self.median, "samples": self.samples}


def table(header, rows):
    """Rows as kubectl prints them: left-aligned, three spaces, no borders."""
    widths = [max(len(str(row[i])) for row in [header, *rows]) for i in range(len(header))]
    return "\n".join("   ".join(str(cell).ljust(width) for cell, width in zip(row, widths)).rstrip() for row in [header, *rows])
