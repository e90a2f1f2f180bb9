"""Knowledge of the Vietnamese language that reading needs: normal forms and the shape of syllables."""
