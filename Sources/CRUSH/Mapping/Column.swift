/// A fixed number of plain values that one owner works on without checks.
///
/// The inner loops of a mapping touch these for every try: an array in a class would be checked for uniqueness and for
/// exclusive access at each touch, which costs more than the hash.
struct Column<Element: BitwiseCopyable>: ~Copyable {
    private let base: UnsafeMutablePointer<Element>

    /// Values that are all the same.
    init(repeating value: Element, count: Int) {
        base = .allocate(capacity: max(1, count))
        base.initialize(repeating: value, count: max(1, count))
    }

    /// Values that mean nothing until they are set; memory that is never set is never touched.
    init(count: Int) where Element: FixedWidthInteger {
        base = .allocate(capacity: max(1, count))
    }

    deinit {
        base.deallocate()
    }

    /// A value. The caller keeps to the bounds.
    @inline(__always)
    subscript(place: Int) -> Element {
        get { base[place] }
        nonmutating set { base[place] = newValue }
    }

    /// Sixteen values from a place on, which the column must have.
    @inline(__always)
    func lanes(at place: Int) -> SIMD16<Element> where Element: SIMDScalar {
        UnsafeRawPointer(base + place).loadUnaligned(as: SIMD16<Element>.self)
    }

    /// Sets sixteen values from a place on, which the column must have.
    @inline(__always)
    func setLanes(_ lanes: SIMD16<Element>, at place: Int) where Element: SIMDScalar {
        UnsafeMutableRawPointer(base + place).storeBytes(of: lanes, as: SIMD16<Element>.self)
    }

    /// Sets the first values to the same.
    @inline(__always)
    func fill(_ value: Element, count: Int) {
        base.update(repeating: value, count: count)
    }
}
