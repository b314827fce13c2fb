//! Variable fonts: the sizes on which the cost of one glyph's width and outline depends.

use skrifa::FontRef;
use skrifa::raw::ps::cff::CffFontRef;
use skrifa::raw::tables::variations::ItemVariationStore;
use skrifa::raw::{ReadError, TableProvider};

/// The most axes of a font; those in use have up to twenty.
const MAX_AXES: u16 = 64;
/// The most regions that one value of a font depends on; of fonts in use a few dozen.
const MAX_REGIONS: u16 = 1_024;

/// Whether every value of a font depends on few axes and regions: a value takes as many steps as their product, and one
/// or more are computed for each glyph. So it is in a font that is not variable.
pub(super) fn variations_are_bounded(font: &FontRef<'_>) -> bool {
    let axes = font.fvar().map_or(0, |fvar| fvar.axis_count()).max(font.gvar().map_or(0, |gvar| gvar.axis_count()));
    let widths = font.hvar().ok().map(|hvar| hvar.item_variation_store());
    let positions = font.avar().ok().and_then(|avar| avar.var_store());
    let measures = font.mvar().ok().and_then(|mvar| mvar.item_variation_store());
    // A table that cannot be read has no values.
    let is_bounded = |store: ItemVariationStore<'_>| store_is_bounded(&store).unwrap_or(true);
    let of_outlines = [font.cff().ok().map(|cff| cff.offset_data()), font.cff2().ok().map(|cff| cff.offset_data())];
    axes <= MAX_AXES
        && widths.into_iter().chain(measures).chain(positions).filter_map(Result::ok).all(is_bounded)
        && of_outlines.into_iter().flatten().all(|table| {
            let font = CffFontRef::new(table.as_bytes(), 0, None).ok();
            font.and_then(|font| font.var_store().cloned()).is_none_or(is_bounded)
        })
}

/// The steps that varying one value of outlines takes, at most: those of all regions that it depends on. 0 in a font
/// whose outlines are not of CFF, or not variable.
pub(super) fn blend_steps(font: &FontRef<'_>) -> usize {
    let table = font.cff().ok().map(|cff| cff.offset_data()).or_else(|| Some(font.cff2().ok()?.offset_data()));
    let font = table.and_then(|table| CffFontRef::new(table.as_bytes(), 0, None).ok());
    let store = font.as_ref().and_then(|font| font.var_store());
    store.and_then(|store| steps_of_store(store).ok()).unwrap_or_default()
}

fn steps_of_store(store: &ItemVariationStore<'_>) -> Result<usize, ReadError> {
    let axes = usize::from(store.variation_region_list()?.axis_count());
    let regions = store.item_variation_data().iter().flatten().filter_map(Result::ok);
    Ok(axes * regions.map(|data| usize::from(data.region_index_count())).max().unwrap_or_default())
}

fn store_is_bounded(store: &ItemVariationStore<'_>) -> Result<bool, ReadError> {
    let axes = store.variation_region_list()?.axis_count();
    let mut data = store.item_variation_data().iter().flatten().filter_map(Result::ok);
    Ok(axes <= MAX_AXES && data.all(|data| data.region_index_count() <= MAX_REGIONS))
}

#[cfg(test)]
mod tests {
    use skrifa::FontRef;

    use super::{MAX_AXES, MAX_REGIONS, variations_are_bounded};

    /// Whether a font is bounded whose widths depend on so many axes and regions.
    fn are_bounded(axes: u16, regions: u16) -> bool {
        let region_list = [axes.to_be_bytes(), 0_u16.to_be_bytes()].concat();
        let data = [[0, 0], [0, 0], regions.to_be_bytes()].concat();
        let data = [data, vec![0; usize::from(regions) * 2]].concat();
        // Format 1, the regions after 12 bytes, one list of data after those.
        let store = [&[0, 1, 0, 0, 0, 12, 0, 1, 0, 0, 0, 16][..], &region_list, &data].concat();
        let widths = [&[0, 1, 0, 0, 0, 0, 0, 20][..], &[0; 12], &store].concat();
        let entry = [&b"HVAR"[..], &[0; 4], &28_u32.to_be_bytes(), &(widths.len() as u32).to_be_bytes()].concat();
        let file = [&[0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0][..], &entry, &widths].concat();
        variations_are_bounded(&FontRef::new(&file).expect("a font"))
    }

    #[test]
    fn widths_of_thousands_of_axes_and_regions_are_refused() {
        assert!(are_bounded(1, 3));
        assert!(are_bounded(MAX_AXES, MAX_REGIONS));
        assert!(!are_bounded(16_000, 3));
        assert!(!are_bounded(1, MAX_REGIONS + 1));
    }
}
