//! A BERT encoder on candle that shows its workings: trace, interventions, gradients.
