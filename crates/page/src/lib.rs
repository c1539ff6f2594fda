//! The page of Vitrine: what a person sees and touches.
