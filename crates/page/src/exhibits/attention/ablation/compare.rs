//! Attention and effects put beside each other.

use vitrine_attention::{ImportanceError, TokenRoles, head_confidence, token_importance};
use vitrine_picture::ablation::Compared;
use vitrine_record::{Analysis, AttentionView, HeadEffects, HeadIdx, LayerIdx, Position, TokenEffects};
use yew::prelude::*;

use crate::{
    context::Context,
    state::{Answer, Shared},
};

/// Tokens and heads, compared.
#[derive(Debug)]
pub struct Both {
    /// Tokens; where the measure needs attention that is not here, why there are none.
    pub tokens: Result<Compared<Position>, ImportanceError>,
    /// The heads of the layers whose attention is here.
    pub heads: Compared<(LayerIdx, HeadIdx)>,
}

/// Both for what is on the screen; nothing until the changed run that is looked at arrives.
pub fn both(page: &Context) -> Option<Both> {
    let analysis = page.analysis_of_run()?;
    Some(compare(page, analysis, page.token_effects(), page.head_effects()))
}

/// The same while the view is on the screen, made anew only when it changes.
#[hook]
pub fn use_both(page: &Context) -> Option<Shared<Both>> {
    let is_shown = page.link.view == AttentionView::Ablation;
    let wanted = is_shown.then(|| {
        (
            page.analysis_of_run().cloned(),
            page.token_effects().cloned(),
            page.head_effects().cloned(),
            page.link.ablation,
            page.link.layer,
        )
    });
    let compared = use_memo(wanted, |wanted| {
        wanted.as_ref()?;
        both(page).map(Shared::new)
    });
    (*compared).clone()
}

fn compare(
    page: &Context,
    analysis: &Shared<Analysis>,
    of_tokens: Option<&Answer<TokenEffects>>,
    of_heads: Option<&Answer<HeadEffects>>,
) -> Both {
    let comparison = page.link.ablation;
    let layers = page.shown.model.layers;
    let importance = token_importance(&analysis.attention, layers, comparison.measure, page.link.layer);
    let tokens = importance.map(|importance| {
        let attention = importance.into_iter().enumerate();
        Compared::new(
            attention.map(|(at, attention)| (Position(at), attention)),
            of_tokens.map(|answer| &*answer.value),
            of_tokens.is_some_and(|answer| answer.is_whole),
            comparison.effect,
        )
    });
    let roles = TokenRoles::new(&analysis.tokens);
    let confidences = analysis.attention.iter().flat_map(|layer| {
        let roles = &roles;
        (0..layer.heads()).map(HeadIdx).filter_map(move |head| {
            // What came is of this text, and there may be nothing in it that counts.
            let confidence = head_confidence(layer, head, roles).ok().flatten()?;
            Some(((layer.layer, head), confidence))
        })
    });
    let heads = Compared::new(
        confidences,
        of_heads.map(|answer| &*answer.value),
        of_heads.is_some_and(|answer| answer.is_whole),
        comparison.effect,
    );
    Both { tokens, heads }
}
