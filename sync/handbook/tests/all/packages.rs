//! Making packages, reading them, updating.

use handbook::package::{Base, build, build_delta, encode, join, standing};
use handbook::{Article, Block, Package, PackageError, Row};

use crate::support::*;

#[test]
fn what_was_published_is_read_word_for_word_in_order_of_ids() {
    let publisher = Publisher::new(1);
    let mut shuffled = articles(2_500);
    shuffled.reverse();
    let bytes = publisher.build(1, &shuffled);
    let package = publisher.open(&bytes).unwrap();
    assert_eq!((package.signer.device, package.root), (publisher.device(), publisher.root.fingerprint()));
    assert_eq!((package.manifest.articles, package.manifest.rows, package.manifest.made_at), (2_500, 2_500, MADE_AT));
    package.check().unwrap();
    let read: Vec<Article> = rows(&package)
        .unwrap()
        .into_iter()
        .map(|row| match row {
            Row::Article { article, bytes, .. } => {
                assert_eq!(encode(&article), bytes);
                *article
            }
            Row::Tombstone(id) => panic!("a whole package holds no tombstone: {id}"),
        })
        .collect();
    assert_eq!(read, articles(2_500));
}

#[test]
fn articles_fill_several_blocks_and_none_is_larger_than_allowed() {
    let mut long = articles(40);
    for article in &mut long {
        let noise: String =
            (0..40_000_u32).map(|n| char::from(b'a' + u8::try_from(n.wrapping_mul(2_654_435_761) >> 28).unwrap())).collect();
        article.blocks.push(Block::paragraph(noise));
    }
    let publisher = Publisher::new(1);
    let bytes = publisher.build(1, &long);
    let package = publisher.open(&bytes).unwrap();
    assert!(package.manifest.blocks.len() > 1);
    assert!(package.manifest.blocks.iter().all(|block| block.unpacked as usize <= handbook::limits::BLOCK_BYTES));
    assert_eq!(rows(&package).unwrap().len(), 40);
}

#[test]
fn an_update_of_one_per_cent_costs_less_than_two_per_cent_and_ends_at_the_same_content() {
    const ALL: usize = 60_000;
    let publisher = Publisher::new(1);
    let first = articles(ALL);
    let whole = publisher.build(1, &first);
    let mut installed = Installed::default();
    installed.apply(&publisher.open(&whole).unwrap());

    // 400 changed, 100 gone, 100 new: spread over the whole package.
    let mut second: Vec<Article> =
        first.into_iter().enumerate().filter(|(index, _)| index % 600 != 7).map(|(_, article)| article).collect();
    second
        .iter_mut()
        .step_by(150)
        .for_each(|article| article.blocks[1] = Block::paragraph(format!("Khoản hai đã được sửa đổi: {}.", article.title)));
    second.extend((ALL + 1..=ALL + 100).map(article));
    let base = Base { number: 1, content: installed.content() };
    let delta = build_delta(&publisher.signer(), &edition(2), base, &installed.hashes(), &second).unwrap();
    assert!(delta.len() * 50 < whole.len(), "{} of {} bytes", delta.len(), whole.len());

    let package = publisher.open(&delta).unwrap();
    assert_eq!(package.manifest.base, Some(Base { number: 1, content: installed.content() }));
    assert_eq!(package.manifest.articles as usize, ALL);
    installed.apply(&package);
    assert_eq!(installed.content(), package.manifest.content);
    let whole_again = publisher.build(2, &second);
    assert_eq!(
        publisher.open(&whole_again).unwrap().manifest.content,
        package.manifest.content,
        "the same as installing it whole"
    );
}

#[test]
fn where_a_whole_package_and_its_updates_lead_is_what_the_next_update_starts_from() {
    let publisher = Publisher::new(1);
    let roots = [publisher.root.fingerprint()];
    let first = publisher.build(1, &articles(20));
    let whole = standing(&first, &roots).unwrap();
    assert_eq!((whole.package.as_str(), whole.base.number, whole.hashes.len()), ("so-tay", 1, 20));
    let second = articles(19);
    let update = build_delta(&publisher.signer(), &edition(2), whole.base.clone(), &whole.hashes, &second).unwrap();
    let after = standing(&join(&[first.clone(), update.clone()]), &roots).unwrap();
    let same = publisher.build(2, &second);
    assert_eq!(after, standing(&same, &roots).unwrap());
    // An update alone, or before what it starts from, or after something else, leads nowhere.
    let other = publisher.build(1, &articles(3));
    for series in [update.clone(), join(&[update.clone(), first]), join(&[other, update])] {
        assert_eq!(standing(&series, &roots).unwrap_err().code(), "package_wrong_base");
    }
    assert_eq!(standing(&same, &[]).unwrap_err().code(), "package_untrusted");
}

#[test]
fn an_article_that_is_there_twice_or_out_of_bounds_is_not_published() {
    let publisher = Publisher::new(1);
    let twice = [article(1), article(2), article(1)];
    let refused = build(&publisher.signer(), &edition(1), &twice).unwrap_err();
    assert_eq!((refused.code(), refused.item()), ("package_duplicate_article", Some("luat/dieu-00001")));
    let mut long = article(3);
    long.blocks[0] = Block::paragraph("x".repeat(200 << 20));
    let refused = build(&publisher.signer(), &edition(1), &[article(1), long]).unwrap_err();
    assert_eq!((refused.code(), refused.item()), ("article_too_long", Some("luat/dieu-00003")));
    let unnamed = handbook::package::Edition { package: "Sổ tay".to_owned(), ..edition(1) };
    assert_eq!(build(&publisher.signer(), &unnamed, &[article(1)]).unwrap_err().code(), "package_header_damaged");
}

#[test]
fn an_empty_package_is_a_package() {
    let publisher = Publisher::new(1);
    let bytes = publisher.build(1, &[]);
    assert_eq!(rows(&publisher.open(&bytes).unwrap()), Ok(Vec::new()));
}

#[test]
fn a_package_of_strangers_is_refused_by_the_name_of_their_root() {
    let (ours, theirs) = (Publisher::new(1), Publisher::new(2));
    let bytes = theirs.build(1, &articles(3));
    let refused = ours.open(&bytes).unwrap_err();
    assert_eq!(refused, PackageError::UntrustedRoot { root: theirs.root.fingerprint() });
    assert!(Package::open(&bytes, &[]).is_err());
    // Once an administrator has pinned them, it is taken.
    assert!(Package::open(&bytes, &[ours.root.fingerprint(), theirs.root.fingerprint()]).is_ok());
}
