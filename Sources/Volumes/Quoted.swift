/// `text` in double quotes, cut to a readable length, with everything but printable ASCII spelled out: what came from outside may
/// be anything, and messages are one line.
func quoted(_ text: some StringProtocol) -> String {
    let shown = text.prefix(80)
    let escaped = shown.unicodeScalars.map { scalar in
        scalar.value < 0x20 || scalar.value > 0x7E || scalar == "\"" ? scalar.escaped(asASCII: true) : String(scalar)
    }
    return "\"" + escaped.joined() + (shown.endIndex < text.endIndex ? "…" : "") + "\""
}
