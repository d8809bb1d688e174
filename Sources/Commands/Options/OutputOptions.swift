import ArgumentParser
import Console

/// Options of every command about what it prints.
struct OutputOptions: ParsableArguments {
    @Option(
        name: .customLong("color"), help: "Colour: auto, always or never. NO_COLOR and FORCE_COLOR are honoured.",
        completion: .list(names(of: ColourMode.self)), transform: choice)
    var colour: ColourMode = .auto

    @Flag(name: .shortAndLong, help: "Tell no steps on stderr, only warnings and errors.")
    var quiet = false
}
