use std::collections::BTreeSet;

use proptest::prelude::*;
use vitrine_record::Percent;

use super::*;
use crate::fixture;

fn of_heads(analysis: &Analysis, heads: Option<&[usize]>) -> AttentionSlice {
    let heads: Option<BTreeSet<_>> = heads.map(|heads| heads.iter().copied().map(HeadIdx).collect());
    fixture::slice(analysis, LayerIdx(0), heads.as_ref(), AttentionOptions::default())
}

proptest! {
    #[test]
    fn csv_reads_back_to_the_same_bits(
        pieces in proptest::collection::vec(".{1,5}", 1..4), seed in 1u32..9999,
    ) {
        let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
        let attention = fixture::layer(2, pieces.len(), |head, row, column| {
            ((head * 31 + row * 17 + column * 7) as f32 * seed as f32).sin().abs() + 1e-4
        });
        let analysis = fixture::analysis(&pieces, attention.clone());
        let slice = fixture::whole(&analysis);
        let written: String = csv(&analysis, [&slice], None).collect();
        let mut reader = csv::Reader::from_reader(written.as_bytes());
        let mut lines = 0;
        for record in reader.records() {
            let record = record.unwrap();
            let at = |column: usize| record[column].parse::<usize>().unwrap();
            let value: f32 = record[7].parse().unwrap();
            prop_assert_eq!(value.to_bits(), attention.at(at(1), at(2), at(3)).to_bits());
            prop_assert_eq!(&record[4], pieces[at(2)]);
            prop_assert_eq!(&record[5], pieces[at(3)]);
            lines += 1;
        }
        prop_assert_eq!(lines, 2 * pieces.len() * pieces.len());
    }
}

#[test]
fn json_says_what_it_was_drawn_from() {
    let attention = fixture::layer(3, 2, |head, row, column| (1 + head + row + 3 * column) as f32);
    let analysis = fixture::analysis(&["[CLS]", "[SEP]"], attention.clone());
    let slice = of_heads(&analysis, Some(&[2]));
    let settings = Settings {
        slices: std::slice::from_ref(&slice),
        beside: None,
        other_text: None,
        options: AttentionOptions::default(),
        drawing: Drawing::HeatMap,
        selection: Some(&fixture::selected(1, Side::Source)),
        origin: Origin::Recorded,
        run: Run::Changed,
        interventions: &[Intervention::HideKey {
            layer: LayerIdx(0),
            key: Position(1),
        }],
        untouched_prediction: Some(&Prediction {
            logits: vec![1.0, -1.0],
            probabilities: vec![0.88, 0.12],
        }),
    };
    let written = json(&analysis, &fixture::model(3), &settings).unwrap();
    let read: serde_json::Value = serde_json::from_str(&written).unwrap();
    assert_eq!(read["model"]["hash"], "0".repeat(64));
    assert_eq!(read["origin"], "recorded");
    assert_eq!(read["settings"]["layers"], serde_json::json!([0]));
    assert_eq!(read["settings"]["heads"], serde_json::json!([2]));
    assert_eq!(read["settings"]["quantity"], "attention");
    assert_eq!(
        (&read["attention"][0]["layer"], &read["attention"][0]["head"]),
        (&0.into(), &2.into())
    );
    let value = read["attention"][0]["weights"][1][0].as_f64().unwrap() as f32;
    assert_eq!(value.to_bits(), attention.at(2, 1, 0).to_bits());
    assert_eq!(read["prediction"]["logits"][0], -0.5);
    assert_eq!(read["settings"]["run"], "changed");
    assert_eq!(read["settings"]["interventions"][0]["HideKey"]["key"], 1);
    assert_eq!(read["untouched_prediction"]["logits"][0], 1.0);
    assert_eq!(read["settings"]["selected"], serde_json::json!([1]));
    assert_eq!(read["settings"]["sources"], serde_json::json!([[0], [1]]));
}

#[test]
fn a_file_is_named_after_what_it_shows() {
    let check = |text: &str, heads: Option<&[usize]>, expect: &str| {
        let mut analysis = fixture::analysis(&["a", "b"], fixture::layer(3, 2, |_, _, _| 1.0));
        analysis.text = text.to_owned();
        let slice = of_heads(&analysis, heads);
        assert_eq!(file_name(&analysis, &fixture::model(3), &[slice]), expect);
    };
    check("Not a bad film", None, "vitrine-attention-not-a-bad-film-layer-0");
    check(
        " ../İyi: “film”? ",
        Some(&[0, 2]),
        "vitrine-attention-i\u{307}yi-film-layer-0-head-0-2",
    );
    check(
        &"ab ".repeat(40),
        None,
        &format!("vitrine-attention{}-layer-0", "-ab".repeat(13)),
    );
    check(&"a".repeat(60), Some(&[1]), "vitrine-attention-layer-0-head-1");
    check("", None, "vitrine-attention-layer-0");
    let analysis = fixture::uneven(3);
    let slices = [of_heads(&analysis, None), of_heads(&analysis, None)];
    let name = "vitrine-attention-cls-good-film-sep";
    assert_eq!(file_name(&analysis, &fixture::model(3), &slices), name);
    assert_eq!(file_name(&analysis, &fixture::model(3), &[]), name);
    let weighted = AttentionSlice::of_variant(
        AttentionVariant::ValueWeighted,
        &analysis.attention[0],
        &analysis.tokens,
        Some(&BTreeSet::from([HeadIdx(1)])),
        &AttentionOptions::default(),
    );
    let name = "vitrine-attention-cls-good-film-sep-layer-0-value-weighted-head-1";
    assert_eq!(
        file_name(&analysis, &fixture::model(3), &[weighted.unwrap()]),
        name
    );
}

#[test]
fn several_layers_follow_each_other_below_one_heading() {
    let mut analysis = fixture::uneven(2);
    let mut above = analysis.attention[0].clone();
    above.layer = LayerIdx(1);
    analysis.attention.push(above);
    let options = AttentionOptions::default();
    let rollout = |attention| {
        let (variant, tokens) = (AttentionVariant::Rollout, &analysis.tokens);
        AttentionSlice::of_variant(variant, attention, tokens, None, &options).unwrap()
    };
    let slices: Vec<AttentionSlice> = analysis.attention.iter().map(rollout).collect();
    let written: String = csv(&analysis, &slices, None).collect();
    let mut reader = csv::Reader::from_reader(written.as_bytes());
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(records.len(), 2 * 2 * 16);
    for (index, record) in records.iter().enumerate() {
        assert_eq!(record[0], (index / 32).to_string());
        assert_eq!(record[1], (index / 16 % 2).to_string());
        assert_eq!(&record[6], "rollout");
    }
    let settings = Settings {
        slices: &slices,
        beside: None,
        other_text: None,
        options,
        drawing: Drawing::Lines,
        selection: None,
        origin: Origin::Live,
        run: Run::Untouched,
        interventions: &[],
        untouched_prediction: None,
    };
    let written = json(&analysis, &fixture::model(2), &settings).unwrap();
    let read: serde_json::Value = serde_json::from_str(&written).unwrap();
    assert_eq!(read["settings"]["layers"], serde_json::json!([0, 1]));
    assert_eq!(read["settings"]["quantity"], "rollout");
    let heads = read["attention"].as_array().unwrap().iter();
    let places: Vec<_> = heads
        .map(|head| (head["layer"].as_u64().unwrap(), head["head"].as_u64().unwrap()))
        .collect();
    assert_eq!(places, [(0, 0), (0, 1), (1, 0), (1, 1)]);
}

#[test]
fn what_stands_beside_a_picture_is_in_its_files_and_told_apart() {
    let analysis = fixture::uneven(2);
    let mut above = analysis.attention[0].clone();
    above.layer = LayerIdx(3);
    let options = AttentionOptions::default();
    let [slice, other] = [&analysis.attention[0], &above]
        .map(|attention| AttentionSlice::new(attention, &analysis.tokens, None, &options).unwrap());
    let last = |is_other_run| {
        csv(&analysis, [&slice], Some((&other, is_other_run)))
            .last()
            .unwrap()
    };
    let head = other.heads().len() - 1;
    assert!(last(false).starts_with(&format!("3,{head},0,0,[CLS],[CLS],attention,")));
    assert!(last(true).starts_with(&format!("3,{head},0,0,[CLS],[CLS],attention-of-untouched-run,")));
    let difference = AttentionSlice::difference(&slice, &other, &options).unwrap();
    let part = csv(&analysis, [&difference], None).nth(1).unwrap();
    assert!(
        part.starts_with("3,0,0,0,[CLS],[CLS],difference-from-layer-0,0,"),
        "{part}"
    );
    let written = |slices, beside| {
        let settings = Settings {
            slices,
            beside,
            other_text: None,
            options,
            drawing: Drawing::Lines,
            selection: None,
            origin: Origin::Live,
            run: Run::Both,
            interventions: &[],
            untouched_prediction: None,
        };
        let written = json(&analysis, &fixture::model(2), &settings).unwrap();
        serde_json::from_str::<serde_json::Value>(&written).unwrap()
    };
    let both = written(std::slice::from_ref(&slice), Some((&other, Run::Untouched)));
    assert_eq!(both["beside"]["run"], "untouched");
    assert_eq!(both["beside"]["attention"][1]["layer"], 3);
    assert!(both["settings"].get("subtracted_layer").is_none());
    let minus = written(std::slice::from_ref(&difference), None);
    assert_eq!(minus["settings"]["subtracted_layer"], 0);
    assert!(minus.get("beside").is_none());
}

#[test]
fn the_csv_has_a_part_for_each_head_and_says_what_is_drawn() {
    let attention = fixture::layer(3, 2, |head, row, column| (1 + head + row + 5 * column) as f32);
    let analysis = fixture::analysis(&["a", "##b"], attention);
    let slice = of_heads(&analysis, Some(&[0, 2]));
    let parts: Vec<String> = csv(&analysis, [&slice], None).collect();
    assert_eq!(parts.len(), 3);
    assert!(parts[0].ends_with(",weight,drawn,model_hash\r\n"));
    let difference = AttentionSlice::difference(&slice, &slice, &AttentionOptions::default()).unwrap();
    let part = csv(&analysis, [&difference], None).nth(1).unwrap();
    assert!(part.starts_with("0,0,0,0,a,a,difference,0,"), "{part}");
    assert!(parts[1].starts_with("0,0,0,0,a,a,") && parts[2].starts_with("0,2,0,0,a,a,"));
    assert!(parts[1..].iter().all(|part| part.lines().count() == 4));
    let options = AttentionOptions {
        top_p: Percent(50),
        ..AttentionOptions::default()
    };
    let few = fixture::slice(&analysis, LayerIdx(0), None, options);
    let drawn = csv(&analysis, [&few], None)
        .skip(1)
        .map(|part| part.matches(",true,").count());
    assert_eq!(drawn.sum::<usize>(), 3 * 4 - few.not_drawn());
    let options = AttentionOptions {
        merge_words: true,
        ..AttentionOptions::default()
    };
    let merged = fixture::slice(&analysis, LayerIdx(0), None, options);
    assert!(
        csv(&analysis, [&merged], None)
            .nth(1)
            .unwrap()
            .starts_with("0,0,0,0,a ##b,a ##b,attention,1")
    );
}

#[test]
fn files_of_two_texts_name_both() {
    let of = |pieces: &[&str], text: &str| {
        let attention = fixture::layer(2, pieces.len(), |head, row, column| {
            (1 + head + row + 3 * column) as f32
        });
        let mut analysis = fixture::analysis(pieces, attention);
        analysis.text = text.to_owned();
        for token in &mut analysis.tokens {
            token.id = vitrine_record::TokenId(token.piece.bytes().map(u32::from).sum());
        }
        let slice = fixture::whole(&analysis);
        (analysis, slice)
    };
    let (one, slice) = of(&["[CLS]", "bad", "[SEP]"], "so, \"bad\"");
    let (other, of_other) = of(&["[CLS]", "[SEP]"], "");
    let options = AttentionOptions::default();
    let read = |written: String| -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(written.as_bytes());
        let record = |record: csv::StringRecord| record.iter().map(str::to_owned).collect();
        reader.records().map(|line| record(line.unwrap())).collect()
    };
    let both = read(csv_of_texts(&one, &other, &slice, Some(&of_other)).collect());
    assert_eq!(both.len(), 1 + 2 * 9 + 2 * 4);
    assert_eq!(both[0][9..], ["model_hash", "text"]);
    for (place, line) in both[1..].iter().enumerate() {
        assert_eq!(line[10], if place < 18 { "so, \"bad\"" } else { "" });
    }
    assert_eq!(both[22][4..6], ["[SEP]", "[SEP]"]);

    let correspondence = vitrine_attention::Correspondence::new(&one.tokens, &other.tokens, &options);
    let difference =
        AttentionSlice::difference_between_texts(&of_other, &slice, &correspondence, &options).unwrap();
    let minus = read(csv_of_texts(&one, &other, &difference, None).collect());
    assert_eq!(minus[0][9..], ["model_hash", "text", "subtracted_text"]);
    assert_eq!(
        (minus.len(), &*minus[1][6], &*minus[1][11]),
        (1 + 2 * 4, "difference", "")
    );

    let written = |slice: &AttentionSlice, beside| {
        let settings = Settings {
            slices: std::slice::from_ref(slice),
            beside,
            other_text: Some(&other),
            options,
            drawing: Drawing::Lines,
            selection: None,
            origin: Origin::Live,
            run: Run::Untouched,
            interventions: &[],
            untouched_prediction: None,
        };
        let written = json(&one, &fixture::model(2), &settings).unwrap();
        serde_json::from_str::<serde_json::Value>(&written).unwrap()
    };
    let both = written(&slice, Some((&of_other, Run::Untouched)));
    assert_eq!(both["beside"]["text"], "");
    assert_eq!(both["beside"]["tokens"][1]["piece"], "[SEP]");
    assert_eq!(both["beside"]["sources"], serde_json::json!([[0], [1]]));
    assert!(both["settings"].get("subtracted_text").is_none());
    let minus = written(&difference, None);
    assert_eq!(minus["settings"]["subtracted_text"], "");
    assert_eq!(minus["settings"]["sources"], serde_json::json!([[0], [2]]));
    assert_eq!(file_name_of_texts("a", &one, true), "a-minus-text-so-bad");
    assert_eq!(file_name_of_texts("a", &other, false), "a-beside-text");
}
