from playwright.sync_api import sync_playwright
with sync_playwright() as p:
    b=p.chromium.launch(executable_path='/usr/bin/chromium',args=['--no-sandbox']); pg=b.new_page(viewport={'width':420,'height':220}); pg.goto('file:///tmp/ch/assets/sketch.svg'); pg.screenshot(path='/tmp/ch/assets/sketch.png'); b.close()
