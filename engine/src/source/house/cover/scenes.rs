//! The scenes, one function each: from back to front, as one would paint them.

mod rooms;
mod skies;
mod woods;

use super::super::random::Random;
use super::Scene;
use super::canvas::Canvas;

pub fn paint(scene: Scene, canvas: &mut Canvas, random: &mut Random) {
    match scene {
        Scene::RainyWindow => rooms::rainy_window(canvas, random),
        Scene::CupFromAbove => rooms::cup_from_above(canvas, random),
        Scene::BeachSun => skies::beach_sun(canvas),
        Scene::Steps => rooms::steps(canvas),
        Scene::NeonGrid => skies::neon_grid(canvas, random),
        Scene::CoastRoad => skies::coast_road(canvas, random),
        Scene::PixelEgg => rooms::pixel_egg(canvas, random),
        Scene::SoundRings => woods::sound_rings(canvas),
        Scene::Campfire => woods::campfire(canvas, random),
        Scene::CradleMoon => skies::cradle_moon(canvas, random),
        Scene::Birches => woods::birches(canvas, random),
        Scene::Thermals => skies::thermals(canvas),
        Scene::Reeds => woods::reeds(canvas, random),
        Scene::CityWindows => rooms::city_windows(canvas, random),
    }
}
