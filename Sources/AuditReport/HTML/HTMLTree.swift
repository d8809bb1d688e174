/// The tree of failure domains: a picture whose areas are weights, and the same as a list that unfolds.
enum HTMLTree {
    /// With more OSDs than this the picture and the list end at the host.
    private static let osdLimit = 400

    static func add(_ tree: DomainTree, to page: inout String) {
        guard !tree.nodes.isEmpty else { return }
        let osds = tree.roots.reduce(0) { $0 + tree.nodes[$1].osds }
        let showsOSDs = osds <= osdLimit
        page +=
            "<h2 id=\"tree\">Failure domains</h2><p class=\"soft\">Width is CRUSH weight, colour is how full it is, a red border means "
            + "that its loss stops something.</p>\n<div class=\"card\">"
        picture(tree, showsOSDs: showsOSDs, to: &page)
        page += "<div class=\"key\">"
        for (style, label) in [
            ("f0", "below 20 %"), ("f1", "to 45 %"), ("f2", "to 70 %"), ("f3", "to 85 %"), ("f4", "85 % and more"),
            ("fx", "not known"),
        ] {
            page += "<span><i class=\"\(style)\"></i>\(label)</span>"
        }
        page += "</div></div>\n<div class=\"card\">"
        for root in tree.roots { add(root, of: tree, showsOSDs: showsOSDs, to: &page) }
        page += "</div>\n"
    }

    // MARK: The picture

    private static func picture(_ tree: DomainTree, showsOSDs: Bool, to page: inout String) {
        let shown = tree.nodes.filter { showsOSDs || $0.type != "osd" }
        let depth = (shown.map(\.depth).max() ?? 0) + 1
        let height = 34
        page +=
            "<svg viewBox=\"0 0 1200 \(depth * height)\" role=\"img\" aria-label=\"Tree of failure domains\"><desc>Each row is a level "
            + "of the CRUSH tree; the list below says the same in words.</desc>"
        let total = tree.roots.reduce(0) { $0 + max(tree.nodes[$1].weight, 0.001) }
        var left = 0.0
        for root in tree.roots {
            let width = 1200 * max(tree.nodes[root].weight, 0.001) / total
            draw(root, of: tree, left, width, height, showsOSDs, to: &page)
            left += width
        }
        page += "</svg>"
    }

    private static func draw(
        _ number: Int, of tree: DomainTree, _ left: Double, _ width: Double, _ height: Int, _ showsOSDs: Bool,
        to page: inout String
    ) {
        // Deeper than any real tree: a hostile map must not make a page without end. Narrower than a pixel is not seen.
        let node = tree.nodes[number]
        guard node.depth < 32, width >= 0.4, showsOSDs || node.type != "osd" else { return }
        let x = Figure.tenths(left)
        let y = node.depth * height
        let isBad = node.outcome == .stops || node.outcome == .loses
        page +=
            "<rect x=\"\(x)\" y=\"\(y)\" width=\"\(Figure.tenths(width))\" height=\"\(height - 2)\" rx=\"3\" class=\""
            + "\(style(node.fill))\(isBad ? " stop" : "")\"><title>\(Markup.escaped(title(node)))</title></rect>"
        let room = Int(width / 6.6) - 1
        if room >= 3 {
            let name = node.name.count <= room ? node.name : String(node.name.prefix(max(1, room - 1))) + "\u{2026}"
            page += "<text x=\"\(Figure.tenths(left + 6))\" y=\"\(y + 20)\">\(Markup.escaped(name))</text>"
        }
        let sum = node.children.reduce(0) { $0 + max(tree.nodes[$1].weight, 0) }
        guard sum > 0 else { return }
        var x0 = left
        for child in node.children {
            let part = width * max(tree.nodes[child].weight, 0) / sum
            draw(child, of: tree, x0, part, height, showsOSDs, to: &page)
            x0 += part
        }
    }

    private static func title(_ node: DomainTree.Node) -> String {
        var parts = ["\(node.type) \(node.name)", "weight \(Figure.tenths(node.weight))"]
        if node.type != "osd" { parts.append("\(node.osds) OSDs") }
        if let fill = node.fill { parts.append("\(Figure.percent(fill)) used") }
        parts.append(words(node.outcome).text)
        return parts.joined(separator: ", ")
    }

    private static func style(_ fill: Double?) -> String {
        guard let fill else { return "fx" }
        switch fill {
        case ..<0.2: return "f0"
        case ..<0.45: return "f1"
        case ..<0.7: return "f2"
        case ..<0.85: return "f3"
        default: return "f4"
        }
    }

    private static func words(_ outcome: DomainTree.Outcome) -> (text: String, tag: String) {
        switch outcome {
        case .unknown: ("not looked at", "t-none")
        case .survives: ("loss is survived", "t-good")
        case .stops: ("loss stops PGs", "t-bad")
        case .loses: ("loss loses data", "t-bad")
        }
    }

    // MARK: The list

    private static func add(_ number: Int, of tree: DomainTree, showsOSDs: Bool, to page: inout String) {
        let node = tree.nodes[number]
        guard node.depth < 32 else { return }
        let inner = node.children.filter { showsOSDs || tree.nodes[$0].type != "osd" }
        if inner.isEmpty {
            page += "<div class=\"leaf\">" + row(node) + "</div>"
            return
        }
        // What leads to trouble is open; so is the top of a small tree.
        let isOpen = node.depth == 0 || (tree.nodes.count <= 60 && node.depth < 2)
        page += "<details\(isOpen ? " open" : "")><summary>" + row(node) + "</summary><div class=\"in\">"
        for child in inner { add(child, of: tree, showsOSDs: showsOSDs, to: &page) }
        page += "</div></details>"
    }

    private static func row(_ node: DomainTree.Node) -> String {
        let outcome = words(node.outcome)
        let fill = node.fill ?? 0
        let style = fill >= 0.85 ? " class=\"e\"" : fill >= 0.7 ? " class=\"w\"" : ""
        let used = node.fill.map { Figure.percent($0) + " used" } ?? "use not known"
        let fullest = node.type == "osd" ? "" : node.fullest.map { ", fullest \(Figure.percent($0))" } ?? ""
        let size = node.type == "osd" ? "" : "\(Figure.grouped(node.osds)) OSDs"
        return
            "<div class=\"row\"><span><span class=\"soft\">\(Markup.escaped(node.type))</span> <b>\(Markup.escaped(node.name))</b></span>"
            + "<span class=\"small soft\">\(size)</span><span><span class=\"bar\" style=\"display:block\"><i\(style) style=\"width:"
            + "\(Figure.tenths(min(1, max(0, fill)) * 100))%\"></i></span><span class=\"small soft\">\(used)\(fullest)</span></span>"
            + "<span><span class=\"tag \(outcome.tag)\">\(outcome.text)</span></span></div>"
    }
}
