import Console
import Testing

@Suite struct TableTests {
    @Test func looksLikeKubectl() {
        var table = Table("namespace", "name", "size")
        table.append(["default", "data", "1 GiB"])
        table.append(["kube-system", "a", ""])
        #expect(
            table.rendered() == """
                NAMESPACE     NAME   SIZE
                default       data   1 GiB
                kube-system   a      <none>

                """)
    }

    @Test func withoutHeaderAndWithoutRows() {
        var table = Table("name", "size")
        #expect(table.rendered() == "")
        table.append(["a", "1"])
        #expect(table.rendered(header: false) == "a   1\n")
    }

    @Test func widthCountsCellsNotCharacters() {
        var table = Table("name", "x")
        table.append(["卷", "1"])
        table.append(["volume", "2"])
        table.append(["e\u{301}", "3"])
        #expect(table.rendered() == "NAME     X\n卷       1\nvolume   2\ne\u{301}        3\n")
    }

    @Test func colourDoesNotMoveColumns() {
        var table = Table("state", "x")
        table.append([.init("FAIL", .bad), "1"])
        table.append([.init("OK", .good), "2"])
        let painted = table.rendered(Palette(isEnabled: true))
        #expect(painted == "STATE   X\n\u{1B}[31mFAIL\u{1B}[0m    1\n\u{1B}[32mOK\u{1B}[0m      2\n")
    }

    @Test func aCellCannotDriveTheTerminal() {
        var table = Table("name", "x")
        table.append([.init("a\n\u{1B}[2Jb"), "1"])
        #expect(table.rendered(header: false) == "a\\n\\u{1B}[2Jb   1\n")
    }

    @Test func aShortRowIsFilledUp() {
        var table = Table("a", "b", "c")
        table.append(["1"])
        #expect(table.rendered(header: false) == "1   <none>   <none>\n")
    }

    @Test(arguments: [
        ("", 0), ("abc", 3), ("Grün", 4), ("e\u{301}", 1), ("漢字", 4), ("ﾊﾝ", 2), ("ハン", 4), ("한국", 4), ("Ａ", 2),
        ("👍", 2), ("👨‍👩‍👧‍👦", 2), ("❤️", 2), ("❤", 1), ("\u{200B}", 0), ("\t", 0), ("…", 1), ("🇩🇪", 2),
    ]) func width(text: String, cells: Int) {
        #expect(displayWidth(text) == cells, "\(text)")
    }

    @Test(arguments: [
        ("plain ü 卷", "plain ü 卷"), ("a\tb\r\n", "a\\tb\\r\\n"), ("\u{7}", "\\u{7}"), ("\u{9B}31m", "\\u{9B}31m"),
        ("a\u{202E}b", "a\\u{202E}b"), ("👨‍👩‍👧", "👨‍👩‍👧"),
    ]) func printable(text: String, expected: String) {
        #expect(text.printable == expected)
    }
}
