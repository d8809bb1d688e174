extension StringProtocol {
    /// The text on one line and without power over the terminal: control characters are written as escapes
    /// (`\n`, `\t`, `\u{1B}`). Names and messages that come from a cluster or a file are printed through this.
    public var printable: String {
        var result = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default:
                let category = scalar.properties.generalCategory
                // Format characters may turn the direction of what follows; joiners hold emoji together.
                let harmless = scalar == "\u{200D}" || scalar == "\u{200C}"
                if category == .control || (category == .format && !harmless) {
                    result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result
    }
}
